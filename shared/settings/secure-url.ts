// Which URLs secrets and keys may travel to: https, or http that does not leave the machine.
// Judges the text alone: knows no setting, and looks up no address.

/** `localhost`, 127.0.0.0/8 or ::1, as the URL parser spells them. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
}

/** https anywhere, http to the loopback interface only; nothing else, and no user name or password inside. */
export function isSecureUrl(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
