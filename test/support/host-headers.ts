// Host headers, and how the host answers a request that has one: by a name or an address, with or without a port.
// Both ways by which a request reaches a function are tried with them.
export const HOST_HEADERS: readonly (readonly [name: string, status: number])[] = [
  ['u:p@x', 400],
  ['x/y', 400],
  ['evil.example/x?y#z', 400],
  ['x?y', 400],
  ['x#y', 400],
  ['x\\y', 400],
  ['a b', 400],
  ['x:port', 400],
  ['x:65536', 400],
  ['[::1', 400],
  ['x', 200],
  ['127.0.0.1:7071', 200],
  ['a-b.example', 200],
  ['my_service:7071', 200],
  ['[::1]:7071', 200],
];
