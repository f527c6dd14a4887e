/**
 * Threads that carry out calls together, in turn: the main thread publishes a job in shared memory, one
 * call for each thread, takes part in it, and goes on when all of it is done.
 *
 * A thread claims a call before it runs it. It begins with its own, whose data its cache may hold, and
 * goes on with any that nobody has claimed, so the main thread only waits for calls that have begun: a
 * thread that is late costs nothing.
 * @module
 */

/** Numbers of a call: the function's index, how many arguments there are, and these. */
const CALL = 16;

/** Places in `words`, each in a cache line of its own: a claim and an end for each call follow. */
const JOB = 0, STOP = 16, FAILED = 32, CALLS = 48, LINE = 16;

/** What the threads share besides the kernel's memory. */
export interface Board {
  readonly threads: number;
  /** The functions' names. */
  readonly names: readonly string[];
  /** The job's number, and for each call the numbers of the jobs it was last claimed in and done in. */
  readonly words: Int32Array;
  /** The calls of the job. */
  readonly calls: Float64Array;
}

type Functions = Readonly<Record<string, (...args: number[]) => unknown>>;

/** A board in shared memory. */
export function createBoard(threads: number, names: readonly string[]): Board {
  const words = 4 * (CALLS + 2 * LINE * threads), calls = 8 * CALL * threads;
  return {
    threads,
    names,
    words: new Int32Array(new SharedArrayBuffer(words)),
    calls: new Float64Array(new SharedArrayBuffer(calls)),
  };
}

const claimOf = (call: number) => CALLS + 2 * LINE * call;
const endOf = (call: number) => claimOf(call) + LINE;

/** How long a thread looks for a change before it sleeps, in milliseconds: waking takes as long. */
const SPIN = 0.2;
/** Milliseconds of a sleep, and sleeps after which a call counts as lost. */
const SLEEP = 1000, PATIENCE = 60;

/** Waits for words[index] to be other than `old`; returns whether it is. */
function changes(words: Int32Array, index: number, old: number): boolean {
  const until = performance.now() + SPIN;
  do {
    for (let i = 0; i < 100; i++) if (Atomics.load(words, index) !== old) return true;
  } while (performance.now() < until);
  return Atomics.wait(words, index, old, SLEEP) !== "timed-out";
}

/** Runs the calls of a job that nobody has claimed, from the thread's own on. */
function runCalls(
  { threads, names, words, calls }: Board,
  job: number,
  own: number,
  run: Functions,
) {
  for (let i = 0; i < threads; i++) {
    const call = (own + i) % threads;
    const before = (job - 1) | 0;
    if (Atomics.compareExchange(words, claimOf(call), before, job) !== before) continue;
    const at = call * CALL, count = calls[at + 1];
    try {
      if (count > 0) run[names[calls[at]]](...calls.subarray(at + 2, at + 2 + count));
    } catch (error) {
      Atomics.store(words, FAILED, 1);
      throw error;
    } finally {
      Atomics.store(words, endOf(call), job);
      Atomics.notify(words, endOf(call));
    }
  }
}

/**
 * The main thread's part: publishes a job and returns when it is done.
 *
 * @param name the function
 * @param parts the arguments of its calls, one for each thread; none where there is nothing to do
 * @param patience seconds after which a call that another thread has begun counts as lost
 * @throws {Error} when a thread failed, or has died in the middle of a call
 */
export function runJob(
  board: Board,
  name: string,
  parts: readonly number[][],
  run: Functions,
  patience = PATIENCE,
): void {
  const { threads, names, words, calls } = board;
  const index = names.indexOf(name), job = (words[JOB] + 1) | 0;
  parts.forEach((args, call) => {
    calls[call * CALL] = index;
    calls[call * CALL + 1] = args.length;
    calls.set(args, call * CALL + 2);
  });
  Atomics.store(words, JOB, job);
  Atomics.notify(words, JOB);
  runCalls(board, job, 0, run);
  for (let call = 0; call < threads; call++) {
    for (let sleeps = 0;;) {
      const end = Atomics.load(words, endOf(call));
      if (end === job) break;
      if (!changes(words, endOf(call), end) && ++sleeps >= patience) throw new Error(LOST);
    }
  }
  if (Atomics.load(words, FAILED)) throw new Error(LOST);
}

const LOST = "a thread of the training has died; run again, with --threads 1 if it happens again";

/**
 * Another thread's part: carries out jobs until there has been none for a second.
 *
 * @param job the number of the last job that it has seen; 0 at first
 * @returns that number now, or `undefined` when the team has ended
 */
export function serveJobs(board: Board, thread: number, job: number, run: Functions) {
  const { words } = board;
  while (changes(words, JOB, job)) {
    if (Atomics.load(words, STOP)) return undefined;
    job = Atomics.load(words, JOB);
    runCalls(board, job, thread, run);
  }
  return job;
}

/** Makes the next job fail, for a thread has died. */
export function failTeam({ words }: Board): void {
  Atomics.store(words, FAILED, 1);
}

/** Tells the other threads to end. */
export function endTeam({ words }: Board): void {
  Atomics.store(words, STOP, 1);
  Atomics.add(words, JOB, 1);
  Atomics.notify(words, JOB);
}
