// All mutations of the production rules that the proof must notice, each under its name.
// Used by the proof, and by the chaos run for a whole app without one condition.
import { CANCELS } from './cancels';
import { CONDITIONS } from './conditions';
import { DEFECTS } from './defects';
import type { Mutation } from './mutation';
import { PARTS } from './parts';
import { TENANTS_AND_WAITERS } from './tenants-and-waiters';
import { UNTRUTHS } from './untruths';

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  ...CONDITIONS,
  ...PARTS,
  ...CANCELS,
  ...TENANTS_AND_WAITERS,
  ...UNTRUTHS,
  ...DEFECTS,
};
