// Starts test/fixtures/notification-receiver as a second process, and reads what it was sent.
// Knows nothing of the app.
import { waitFor } from '../../../local/wait-for';
import { runScript } from '../readme-stack';

export interface ReceivedNotification {
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

/** How the receiver at a path answers: 204, 500, a closed connection, a redirect to `/target`, or never. */
export const RECEIVER_PATHS = ['ok', 'fault', 'closing', 'redirecting', 'silent'] as const;

export interface NotificationReceiver {
  /** Start of its URLs. */
  readonly origin: string;
  /** NOTIFICATION_RECEIVERS with a receiver for each of the paths, called by it. */
  readonly setting: string;
  /** What came to a path, oldest first. */
  receivedAt(path: string): Promise<ReceivedNotification[]>;
  stop(): Promise<void>;
}

export async function startNotificationReceiver(): Promise<NotificationReceiver> {
  const script = runScript('test/fixtures/notification-receiver/receiver.ts');
  const port = await waitFor(
    'the receiver of notifications',
    () => /^receiving on port (\d+)$/.exec(script.lines[0] ?? '')?.[1],
  );
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    setting: RECEIVER_PATHS.map((path) => `${path}=${origin}/${path}`).join(','),
    async receivedAt(path) {
      const all = (await (await fetch(`${origin}/received`)).json()) as ReceivedNotification[];
      return all.filter((one) => one.path === `/${path}`);
    },
    async stop() {
      await script.stop();
    },
  };
}
