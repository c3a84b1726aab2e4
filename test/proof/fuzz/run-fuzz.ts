// `npm run fuzz [-- --inputs N --seed S]`: a million hostile notifications and headers by default; exits with 1 if one was mistreated.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz';

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

fuzz(Number(values.inputs), seed)
  .then(({ inputs, slowestMs, answers, faults }) => {
    console.log(
      `${inputs} inputs, seed ${seed}; answers ${JSON.stringify(answers)}; slowest ${slowestMs.toFixed(1)} ms; ${faults.length} faults`,
    );
    for (const fault of faults.slice(0, 20)) console.log(fault);
    process.exitCode = faults.length === 0 ? 0 : 1;
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
