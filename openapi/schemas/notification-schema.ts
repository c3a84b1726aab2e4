// What Graph sends to callNotifications, as a schema for readers:
// shared/graph/notification-payload takes more spellings than it documents.
// For the document alone: no request is checked with it.
import { z } from 'zod';
import { MAX_NOTIFICATION_ITEMS } from '../../shared/graph/notification-payload';

const notification = {
  '@odata.type': z.string().exactOptional(),
  changeType: z.string().exactOptional(),
  resourceUrl: z.string().exactOptional(),
  resourceData: z.looseObject({}).exactOptional(),
};

/** `commsNotifications`, or one `commsNotification` by itself. */
export const callNotificationsBodySchema = z.union([
  z.looseObject({
    '@odata.type': z.string().exactOptional(),
    value: z.array(z.looseObject(notification)).max(MAX_NOTIFICATION_ITEMS),
  }),
  z.looseObject(notification),
]);
