// A script of the bench as a process of its own, asked by messages: what
// measures must not share an event loop with what is measured.
// Knows nothing of what a script does; a script answers with answerMessages.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { developmentNode } from '../../local/development-node';
import { describeEnd, watchChild } from '../../local/watched-child';
import { withinLimit } from '../../local/within-limit';

export interface ChildScript<Question, Answer> {
  /** One question at a time: the next waits for its turn. Rejects if the script fails or ends. */
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** The scripts end when their parent hangs up. */
const STOP_LIMIT_MS = 10_000;

interface Reply {
  readonly answer?: unknown;
  readonly failure?: string;
}

/** Starts a TypeScript file of this folder on the Node.js of the devDependencies. */
export function startChildScript<Question, Answer>(file: string): ChildScript<Question, Answer> {
  const child = fork(join(__dirname, file), {
    execPath: developmentNode(),
    execArgv: ['--import', createRequire(__filename).resolve('tsx')],
  });
  const watched = watchChild(child, file);
  const askNow = async (question: Question): Promise<Answer> => {
    const replied = once(child, 'message').then(([reply]) => reply as Reply);
    child.send({ question });
    const reply = await Promise.race([
      replied,
      watched.ended.then((end): Reply => ({ failure: `${file} ${describeEnd(end)}` })),
    ]);
    if (reply.failure !== undefined) throw new Error(reply.failure);
    return reply.answer as Answer;
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    ask(question) {
      const answered = turn.then(() => askNow(question));
      turn = answered.catch(() => undefined);
      return answered;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await withinLimit(`${file} to end`, STOP_LIMIT_MS, watched.ended).catch(() => watched.stop(0));
    },
  };
}

/** In the script: answers each question until the parent hangs up. */
export function answerMessages<Question, Answer>(answer: (question: Question) => Promise<Answer> | Answer): void {
  const reply = async ({ question }: { question: Question }): Promise<Reply> => {
    try {
      return { answer: await answer(question) };
    } catch (error) {
      return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (message: { question: Question }) => void reply(message).then((sent) => process.send?.(sent)));
  process.once('disconnect', () => process.exit(0));
}
