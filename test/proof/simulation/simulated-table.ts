// One table of Azure Table storage, as much of it as the index uses: entities with versions, transactions, queries by page.
// Pure state behind the SDK's own method names, so that shared/storage/request-index.ts runs unchanged on it.
import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { Container } from '../../../shared/storage/storage-clients';

export type Entity = Readonly<Record<string, unknown>> & { readonly partitionKey: string; readonly rowKey: string };
export type StoredEntity = Entity & { readonly etag: string };

/** One request to storage: whoever calls the table decides when it is executed, and what becomes of its answer. */
export type SendRequest = <T>(what: string, rowKey: string, isWrite: boolean, execute: () => T) => Promise<T>;

export interface Paging {
  /** Entities of the next page. */
  readonly pageSize: () => number;
  /** The page of the query has no rows, although there are more. */
  readonly isEmpty: (filter: string, pageNumber: number) => boolean;
}

interface Page extends Array<StoredEntity> {
  next?: string;
}

const SEPARATOR = '\n';

export class SimulatedTable {
  private readonly entities = new Map<string, StoredEntity>();
  /** Versions are counted for each entity, so that they do not say what happened to others. */
  private readonly versions = new Map<string, number>();
  /** Called after an entity was deleted. */
  onDelete: ((entity: StoredEntity) => void) | undefined;

  get(partitionKey: string, rowKey: string): StoredEntity | undefined {
    return this.entities.get(partitionKey + SEPARATOR + rowKey);
  }

  all(partitionKey: string): StoredEntity[] {
    return [...this.entities.values()].filter((entity) => entity.partitionKey === partitionKey);
  }

  upsert(entity: Entity, mode: 'Merge' | 'Replace'): void {
    const key = entity.partitionKey + SEPARATOR + entity.rowKey;
    const version = (this.versions.get(key) ?? 0) + 1;
    this.versions.set(key, version);
    const before = mode === 'Merge' ? this.entities.get(key) : undefined;
    this.entities.set(key, { ...before, ...entity, etag: `e${version}` });
  }

  delete(partitionKey: string, rowKey: string, etag: string | undefined): void {
    const entity = this.get(partitionKey, rowKey);
    if (entity === undefined) throw failure(404, 'ResourceNotFound');
    if (etag !== undefined && etag !== entity.etag) throw failure(412, 'UpdateConditionNotSatisfied');
    this.entities.delete(partitionKey + SEPARATOR + rowKey);
    this.onDelete?.(entity);
  }

  /** All or nothing. */
  transact(actions: readonly TransactionAction[]): void {
    for (const [kind, entity] of actions) {
      if (kind === 'delete' && this.get(entity.partitionKey, entity.rowKey) === undefined)
        throw failure(404, 'ResourceNotFound');
    }
    for (const [kind, entity, mode] of actions as [string, Entity, 'Merge' | 'Replace' | undefined][]) {
      if (kind === 'delete') this.delete(entity.partitionKey, entity.rowKey, undefined);
      else if (kind === 'upsert') this.upsert(entity, mode ?? 'Merge');
      else throw new Error(`the simulated table knows no ${kind}`);
    }
  }

  /** What follows `after` as the table stands now: entities that come and go between two pages are seen or not seen. */
  page(filter: string, after: string, size: number): Page {
    const matches = toPredicate(filter);
    const rest = [...this.entities.entries()]
      .filter(([key, entity]) => key > after && matches(entity.partitionKey))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const page: Page = rest.slice(0, size).map(([, entity]) => entity);
    const last = rest.length > size ? rest[size - 1]?.[0] : undefined;
    if (last !== undefined) page.next = last;
    return page;
  }

  clientOf(send: SendRequest, { pageSize, isEmpty }: Paging): Container<TableClient> {
    const client = {
      upsertEntity: (entity: Entity, mode: 'Merge' | 'Replace') =>
        send(`upsert ${entity.partitionKey}`, entity.rowKey, true, () => this.upsert(entity, mode)),
      deleteEntity: (partitionKey: string, rowKey: string, options?: { readonly etag?: string }) =>
        send(`delete ${partitionKey}`, rowKey, true, () => this.delete(partitionKey, rowKey, options?.etag)),
      submitTransaction: (actions: readonly TransactionAction[]) =>
        send(`transaction of ${actions.length}`, actions[0]?.[1].rowKey ?? '', true, () => this.transact(actions)),
      listEntities: ({ queryOptions }: { readonly queryOptions: { readonly filter: string } }) => ({
        byPage: (settings?: { readonly maxPageSize?: number }) =>
          this.pages(send, queryOptions.filter, () => Math.min(settings?.maxPageSize ?? 1000, pageSize()), isEmpty),
      }),
    } as unknown as TableClient;
    return { use: (operation) => operation(client, {}), create: () => Promise.resolve() };
  }

  private async *pages(send: SendRequest, filter: string, size: () => number, isEmpty: Paging['isEmpty']) {
    let after: string | undefined = '';
    for (let number = 0; after !== undefined; number += 1) {
      const from: string = after;
      const page: Page = await send(`list ${filter}`, '', false, () =>
        isEmpty(filter, number) ? Object.assign([] as Page, { next: from }) : this.page(filter, from, size()),
      );
      yield page;
      after = page.next;
    }
  }
}

/** The filters that the index writes: comparisons of the partition key, joined by `and`. */
function toPredicate(filter: string): (partitionKey: string) => boolean {
  const parts = filter.split(' and ').map((part) => {
    const [, operator, value = ''] = /^PartitionKey (eq|ge|lt) '(.*)'$/.exec(part) ?? [];
    if (operator === undefined) throw new Error(`the simulated table knows no filter ${part}`);
    return { operator, value };
  });
  return (key) =>
    parts.every(({ operator, value }) =>
      operator === 'eq' ? key === value : operator === 'ge' ? key >= value : key < value,
    );
}

function failure(statusCode: number, code: string): Error {
  return Object.assign(new Error(code), { statusCode, code });
}
