// The notification function of both peers: verifies the sender's token with jose, upserts the outcome, answers 202.
// As good as the short version gets: signature, issuer, audience and expiry of
// the calling service's tokens; keys are cached by jose.
import type { HttpHandler } from '@azure/functions';
import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { OutcomeTable } from './outcome-table';

interface Notifications {
  readonly value: readonly {
    readonly resourceUrl?: string;
    readonly resourceData: {
      readonly clientContext?: string;
      readonly completionReason?: string;
      readonly id?: string;
    };
  }[];
}

export function makeCallNotifications(outcomes: OutcomeTable): HttpHandler {
  const options = {
    issuer: (process.env['NOTIFICATION_ISSUERS'] ?? '').split(','),
    audience: process.env['GRAPH_CLIENT_ID'] ?? '',
    algorithms: ['RS256'],
    clockTolerance: 300,
  };
  let keys: Promise<JWTVerifyGetKey> | undefined;

  function keysOnce(): Promise<JWTVerifyGetKey> {
    return (keys ??= fetchKeys().catch((error: unknown) => {
      keys = undefined;
      throw error;
    }));
  }

  async function fetchKeys(): Promise<JWTVerifyGetKey> {
    const metadata = (await (await fetch(process.env['NOTIFICATION_METADATA_URL'] ?? '')).json()) as {
      jwks_uri: string;
    };
    return createRemoteJWKSet(new URL(metadata.jwks_uri));
  }

  return async function callNotifications(request) {
    try {
      await jwtVerify((request.headers.get('authorization') ?? '').replace(/^Bearer /, ''), await keysOnce(), options);
    } catch {
      return { status: 401 };
    }
    const { value } = (await request.json()) as Notifications;
    for (const { resourceData } of value) {
      const { clientContext, completionReason = 'unknown', id = '' } = resourceData;
      if (clientContext === undefined) continue;
      const status = completionReason === 'completedSuccessfully' ? 'succeeded' : 'failed';
      await outcomes.upsert(clientContext, { status, completionReason, operationId: id, finishedAt: new Date() });
    }
    return { status: 202 };
  };
}
