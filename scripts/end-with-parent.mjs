// Imported first by what npm starts: npm hands SIGTERM to its shell, which dies without passing it on.
// Whoever is orphaned takes the signal as meant for itself; what it then ends is its own matter.
const parent = process.ppid;
const PARENT_LOOK_MS = 200;
const look = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(look);
  process.kill(process.pid, 'SIGTERM');
}, PARENT_LOOK_MS).unref();
