// `npm run prove`: the large proof in one command. Prints the figures of docs/reliability.md; exits with 1 if a promise was broken.
//   --requests N   requests of the simulation (default 1,000,000)     --seed S   its first world (printed; the same seed replays)
//   --replay S     one world with its whole history                   --only simulation|controls|mutants|exploration
//   --no-faults    of --replay: the world without them
import { parseArgs } from 'node:util';
import { explore } from './exploration/explore';
import { belowFloors, FLOORS_WITH_FAULTS, FLOORS_WITHOUT_FAULTS } from './judge/floors';
import { NO_FAULTS, USUAL_FAULTS, type FaultRates } from './simulation/faults';
import { MUTATIONS } from './mutants/mutations';
import { findMutation } from './mutants/find-mutation';
import { expireAndRerunDesign, sleepingDesign, tutorialDesign } from './naive-designs';
import { productionDesign, type Design } from './rules';
import { SCENARIOS } from './exploration/scenarios';
import { historyOf, isClean, simulate, type SimulationResult } from './simulation/simulate';

const { values } = parseArgs({
  options: {
    requests: { type: 'string' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    only: { type: 'string' },
    'no-faults': { type: 'boolean', default: false },
  },
});
const REQUESTS = Number(values.requests ?? 1_000_000);
const SEED = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** Without faults little is refused for the moment: fewer requests would meet no floor. */
const LEAST_REQUESTS = 2000;
const CONTROL_REQUESTS = Math.min(REQUESTS, 50_000);

let broken = 0;

function check(what: string, holds: boolean): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) broken += 1;
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

async function run(title: string, design: Design, faults: FaultRates, requests: number): Promise<SimulationResult> {
  const start = process.cpuUsage();
  let shown = 0;
  const onProgress = (done: number) => {
    if (done - shown < 100_000) return;
    shown = done;
    console.log(`     ... ${done} requests`);
  };
  const result = await simulate({ design, faults, requests, seed: SEED, onProgress });
  const seconds = ((process.cpuUsage(start).user + process.cpuUsage(start).system) / 1e6).toFixed(0);
  console.log(
    `\n${title}: ${result.requests} requests, ${result.faults} faults, ${result.presses} presses, ${result.events} events, ${seconds} s of one core, seed ${SEED}`,
  );
  console.log(`     statuses: ${counted(result.statuses)}`);
  console.log(`     broken promises: ${counted(result.violations)}`);
  return result;
}

async function proveSimulation(): Promise<void> {
  for (const [title, faults, floors, requests] of [
    ['Faults', USUAL_FAULTS, FLOORS_WITH_FAULTS, REQUESTS],
    ['No faults', NO_FAULTS, FLOORS_WITHOUT_FAULTS, Math.max(LEAST_REQUESTS, Math.ceil(REQUESTS / 10))],
  ] as const) {
    const result = await run(title, productionDesign, faults, requests);
    console.log(
      `     ${result.putOff} were refused for the moment with time to spare, ${result.putOffAndPressed} of them pressed`,
    );
    const { sequences, sequencesPlayed, interrupted, partsPressed } = result;
    console.log(
      `     ${sequences} had several parts: ${partsPressed} parts after the first were pressed, ${sequencesPlayed} succeeded whole, ${interrupted} were interrupted`,
    );
    const { cancelled, cancelledUnpressed, cancelledBetween, cancelledMarked } = result;
    console.log(
      `     ${cancelled} were cancelled: ${cancelledUnpressed} ended before a press, ${cancelledBetween} between two parts, ${cancelledMarked} with the part that was pressed; the others had ended, or ended with their last part`,
    );
    const { otherTenants, otherTenantsPressed, waiters, waitersServed } = result;
    console.log(
      `     ${otherTenants} named another tenant, ${otherTenantsPressed} of them pressed; ${waiters} callers waited, ${waitersServed} of them were answered an end`,
    );
    check(`${title}: every promise was kept`, isClean(result));
    const tooFew = belowFloors(result, floors);
    check(
      `${title}: enough was pressed, tried again, and ended in each way${tooFew.map((what) => `; ${what}`).join('')}`,
      tooFew.length === 0,
    );
    if (faults === NO_FAULTS) check('No faults: nobody was answered unknown', (result.statuses.unknown ?? 0) === 0);
    else check('Faults: at least 3 for every 10 requests', result.faults >= result.requests * 0.3);
    const failure = result.firstFailure;
    if (failure) {
      console.log(
        `     first failure: world ${failure.seed}, ${failure.violation.clientContext}: ${failure.violation.promise}, ${failure.violation.detail}`,
      );
      console.log(
        (await historyOf(productionDesign, faults, failure.seed, failure.violation.clientContext)).join('\n'),
      );
    }
  }
}

async function proveControls(): Promise<void> {
  let noticed = 0;
  const designs = [
    ['Tutorial design', tutorialDesign, ['double press', 'pressed after a cancel']],
    ['Expire-and-rerun design', expireAndRerunDesign, ['double press']],
    ['Function that sleeps', sleepingDesign, ['part pressed twice', 'pressed after a cancel']],
  ] as const;
  for (const [title, design, promises] of designs) {
    const result = await run(title, design, USUAL_FAULTS, CONTROL_REQUESTS);
    const isNoticed = promises.every((promise) => result.violations[promise] > 0);
    const shares = promises.map(
      (promise) => `${((100 * result.violations[promise]) / result.requests).toFixed(2)} % ${promise}`,
    );
    if (isNoticed) noticed += 1;
    check(`${title}: fails the proof, ${shares.join(', ')}`, isNoticed);
  }
  console.log(`     ${noticed} of ${designs.length} designs noticed`);
}

async function proveMutants(): Promise<void> {
  console.log('\nMutants');
  const mutations = Object.entries(MUTATIONS);
  let noticed = 0;
  for (const [name, mutation] of mutations) {
    const found = await findMutation(mutation);
    if (found !== undefined) noticed += 1;
    check(`${name}: ${found ?? 'survived'}`, found !== undefined);
  }
  console.log(`     ${noticed} of ${mutations.length} mutants noticed`);
}

async function proveExploration(): Promise<void> {
  console.log('\nExploration of small histories');
  let states = 0;
  for (const scenario of SCENARIOS) {
    const result = await explore(productionDesign, scenario);
    states += result.states;
    check(
      `${scenario.name}: ${result.states} states, ${result.histories} histories to their end${result.complete ? '' : ', not complete'}`,
      result.complete && !result.failure,
    );
    if (result.failure) console.log(JSON.stringify(result.failure, undefined, 2));
  }
  console.log(`     ${states} states visited in all`);
}

async function main(): Promise<void> {
  if (values.replay !== undefined) {
    const faults = values['no-faults'] ? NO_FAULTS : USUAL_FAULTS;
    return console.log((await historyOf(productionDesign, faults, Number(values.replay))).join('\n'));
  }
  const parts = {
    controls: proveControls,
    mutants: proveMutants,
    simulation: proveSimulation,
    exploration: proveExploration,
  };
  for (const [name, prove] of Object.entries(parts))
    if (values.only === undefined || values.only === name) await prove();
  console.log(broken === 0 ? '\nEvery promise was kept, and every control was caught.' : `\n${broken} failed.`);
  process.exitCode = broken === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
