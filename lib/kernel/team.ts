/**
 * Threads that run jobs together. The main thread publishes a job in shared memory, one call per thread,
 * takes part in it, and continues when all calls are done.
 *
 * A thread claims a call before it runs it. It starts with its own, whose data may be in its cache, then
 * takes any unclaimed one. So the main thread only waits for calls that have started, and a late thread
 * costs nothing.
 * @module
 */

/** Numbers per call: the function's index, the number of arguments, the arguments. */
const CALL = 32;

/** Indices in `words`, each in its own cache line, followed by a claim and an end for each call. */
const JOB = 0, STOP = 16, FAILED = 32, CALLS = 48, LINE = 16;

/** State shared by the threads in addition to the kernel's memory. */
export interface Board {
  readonly threads: number;
  /** The functions' names. */
  readonly names: readonly string[];
  /** The job's number, and for each call the numbers of the jobs in which it was last claimed and done. */
  readonly words: Int32Array;
  /** The calls of the job. */
  readonly calls: Float64Array;
}

type Functions = Readonly<Record<string, (...args: number[]) => unknown>>;

/** Creates a board in shared memory. */
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

/** Milliseconds for which a thread spins before it sleeps; waking takes about as long. */
const SPIN = 0.2;
/** Milliseconds per sleep, and number of sleeps after which a call is considered lost. */
const SLEEP = 1000, PATIENCE = 60;

/** Waits until words[index] differs from `old`; returns `false` after a sleep without a change. */
function changes(words: Int32Array, index: number, old: number): boolean {
  const until = performance.now() + SPIN;
  do {
    for (let i = 0; i < 100; i++) if (Atomics.load(words, index) !== old) return true;
  } while (performance.now() < until);
  return Atomics.wait(words, index, old, SLEEP) !== "timed-out";
}

/** Runs the unclaimed calls of a job, starting with the thread's own. */
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
 * Publishes a job from the main thread and returns when it is done.
 *
 * @param name the function
 * @param parts the arguments of one call per thread; an empty list for a thread without work
 * @param patience seconds after which a call started by another thread is considered lost
 * @throws {Error} if a thread failed or died during a call
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
    if (args.length > CALL - 2) throw new Error(`${name} has more than ${CALL - 2} arguments`);
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

const LOST = "a training thread has died; run again, with --threads 1 if it happens again";

/**
 * Runs jobs on another thread until there has been none for a second.
 *
 * @param job number of the last job seen; initially 0
 * @returns the new number, or `undefined` if the team has ended
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

/** Makes the next job fail, after a thread has died. */
export function failTeam({ words }: Board): void {
  Atomics.store(words, FAILED, 1);
}

/** Signals the other threads to end. */
export function endTeam({ words }: Board): void {
  Atomics.store(words, STOP, 1);
  Atomics.add(words, JOB, 1);
  Atomics.notify(words, JOB);
}
