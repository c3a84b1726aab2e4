// The judge on histories of several tenants: those that keep every promise, and those in which a press had another tenant's token.
// Made by hand; nothing of the app is imported.
import { ask, CLAIMED, DEADLINE, ended, fault, history, post, succeeded } from './hand-made-history';
import { allPlayed, change, firstPlayed, PARTS, SECOND } from './hand-made-parts';
import type { History } from './history';
import { judge } from './judge';
import { tenantFiguresOf } from './judge-tenants';

const CONTOSO = '0b000000-0000-4000-8000-00000000000b';
const FABRIKAM = '0c000000-0000-4000-8000-00000000000c';

function brokenBy(change: (at: History) => void): [string, string][] {
  return judge(history(change)).map(({ promise, detail }) => [promise, detail]);
}

/** Asked for in one tenant, pressed with the token of another. */
function pressedIn(asked: string | undefined, pressed: string | undefined): (at: History) => void {
  return (at) => {
    ask(at, 'a', asked === undefined ? {} : { tenantId: asked });
    succeeded(at);
    at.posts.length = 0;
    post(at, 'a', CLAIMED + 20, pressed === undefined ? {} : { tenantId: pressed });
  };
}

test.each([
  ['the own tenant', undefined],
  ['another tenant', CONTOSO],
])('asked and pressed in %s', (_what, tenantId) => {
  expect(brokenBy(pressedIn(tenantId, tenantId))).toEqual([]);
});

test.each([
  ['the own tenant instead of another', CONTOSO, undefined, 'the own one'],
  ['another instead of the own', undefined, CONTOSO, CONTOSO],
  ['another than that which was asked', CONTOSO, FABRIKAM, FABRIKAM],
])('pressed in %s', (_what, asked, pressed, named) => {
  expect(brokenBy(pressedIn(asked, pressed))).toEqual([['pressed in another tenant', `part 1 in ${named}`]]);
});

test('the second part in the own tenant, the first in the one that was asked', () => {
  const broken = (at: History) => {
    allPlayed(at);
    ask(at, 'a', { parts: PARTS, tenantId: CONTOSO });
    const posts = at.posts.splice(0);
    at.posts.push(...posts.map((seen) => (seen.part === 2 ? seen : { ...seen, tenantId: CONTOSO })));
  };
  expect(brokenBy(broken)).toEqual([['pressed in another tenant', 'part 2 in the own one']]);
});

test('a message that an older app let go explains that its request expires', () => {
  const expired = (at: History) => ended(at, 'expired', DEADLINE + 20_000);
  expect(brokenBy(expired)).toEqual([['unexplained expired', 'with ample time and no delay']]);
  expect(
    brokenBy((at) => {
      expired(at);
      fault(at, 'a', 'olderApp');
    }),
  ).toEqual([]);
});

test('an older app that let go the next part explains that it is interrupted', () => {
  const interrupted = (at: History) => {
    firstPlayed(at);
    change(at, 'failed', SECOND + 20_000, { errorCode: 'sequence-interrupted' });
  };
  expect(brokenBy(interrupted)).toEqual([['unexplained failed', 'sequence-interrupted']]);
  expect(
    brokenBy((at) => {
      interrupted(at);
      fault(at, 'a', 'olderApp');
    }),
  ).toEqual([]);
});

test('counts those who named another tenant, and those of them that were pressed', () => {
  const { otherTenants, otherTenantsPressed } = tenantFiguresOf(history(pressedIn(CONTOSO, CONTOSO)));
  expect({ otherTenants, otherTenantsPressed }).toEqual({ otherTenants: 1, otherTenantsPressed: 1 });
});
