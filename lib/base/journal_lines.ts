import { sha256 } from "./sha256.ts";

/**
 * The lines of a journal. A line is a JSON object: `digest` is the digest of the rest of the line,
 * `previous` that of the previous line, then `key` and `result`. Each line is verified on its own,
 * so that damage affects only that line; the links reveal missing, copied or reordered lines.
 * @module
 */

/** Hexadecimal digits of a digest: 128 bits of a SHA-256. */
const DIGITS = 32;
/** The link of the first line. */
const NONE = "0".repeat(DIGITS);
/** The start of a line, up to its digest, and the start in versions without digests. */
const HEAD = '{"digest":"', OLD_HEAD = '{"key":';
/** Offset of the first byte that the digest covers. */
const OFFSET = HEAD.length + DIGITS + '",'.length;

const digestOf = (covered: Uint8Array) => sha256(covered).slice(0, DIGITS);

/**
 * Formats a result as a line, with its line break.
 *
 * @param previous the digest of the previous line; `undefined` for the first line
 */
export function formatLine(
  previous: string | undefined,
  key: string,
  result: unknown,
): { bytes: Uint8Array; digest: string } {
  const rest = JSON.stringify({ previous: previous ?? NONE, key, result }).slice(1);
  const digest = digestOf(new TextEncoder().encode(rest));
  return { bytes: new TextEncoder().encode(`${HEAD}${digest}",${rest}\n`), digest };
}

/** The contents of a journal. */
export interface JournalContents<T> {
  /** Results of the intact lines by key, in line order. */
  readonly results: Map<string, T>;
  /** The digest of the last line; `undefined` if there is none. */
  readonly last: string | undefined;
  /** Length in bytes up to the end of the last complete line. */
  readonly length: number;
  /** Problems, each beginning with the line number. */
  readonly problems: readonly string[];
  /** The damaged lines, without their line breaks. */
  readonly damaged: readonly Uint8Array[];
}

/**
 * Parses a journal. Journals of earlier versions, whose lines have no digests, are accepted and
 * reported as a problem.
 */
export function readLines<T>(
  bytes: Uint8Array,
  isResult: (value: unknown) => value is T,
): JournalContents<T> {
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = wholeLines(bytes.subarray(0, length));
  const isOld = lines.length > 0 && textOf(lines[0]).startsWith(OLD_HEAD);
  const results = new Map<string, T>();
  const problems: string[] = [], damaged: Uint8Array[] = [];
  if (isOld) {
    problems.push(
      "line 1: written by an earlier version without digests; its results are kept unverified",
    );
  }
  // The digest that the next line must link to; `undefined` after a damaged line.
  let expected: string | undefined = NONE, last: string | undefined;
  lines.forEach((line, i) => {
    const { record, before } = isOld ? findOldRecord(line, isResult) : findRecord(line, isResult);
    if (before.length > 0) {
      problems.push(`line ${i + 1}: damaged`);
      damaged.push(before);
      expected = undefined;
    }
    if (!record) return;
    if (!isOld && expected !== undefined && record.previous !== expected) {
      problems.push(
        `line ${
          i + 1
        }: does not follow the line before it: lines were removed, copied or reordered ` +
          `here; the remaining lines are kept`,
      );
    }
    results.set(record.key, record.result);
    expected = last = record.digest;
  });
  return { results, last, length, problems, damaged };
}

interface JournalRecord<T> {
  readonly digest: string;
  readonly previous: string;
  readonly key: string;
  readonly result: T;
}

/**
 * The intact record of a line, and the bytes before it: none in an intact line, all in a damaged
 * one, and the first of two lines when the line break between them is damaged.
 */
function findRecord<T>(
  line: Uint8Array,
  isResult: (value: unknown) => value is T,
): { record?: JournalRecord<T>; before: Uint8Array } {
  const whole = parseRecord(line, isResult);
  if (whole) return { record: whole, before: line.subarray(0, 0) };
  const start = textOf(line).lastIndexOf(HEAD);
  const record = start > 0 ? parseRecord(line.subarray(start), isResult) : undefined;
  return record ? { record, before: line.subarray(0, start) } : { before: line };
}

/** The record of an intact line, `undefined` for any other bytes. */
function parseRecord<T>(
  line: Uint8Array,
  isResult: (value: unknown) => value is T,
): JournalRecord<T> | undefined {
  const covered = line.subarray(OFFSET);
  const digest = digestOf(covered);
  const head = new TextEncoder().encode(`${HEAD}${digest}",`);
  if (line.length <= OFFSET || head.some((byte, i) => byte !== line[i])) return undefined;
  const { previous, key, result } = parseJson(line);
  if (typeof previous !== "string" || typeof key !== "string" || !isResult(result)) {
    return undefined;
  }
  return { digest, previous, key, result };
}

/** As {@linkcode findRecord}, for a line without a digest. */
function findOldRecord<T>(
  line: Uint8Array,
  isResult: (value: unknown) => value is T,
): ReturnType<typeof findRecord<T>> {
  const { key, result } = parseJson(line);
  if (typeof key !== "string" || !isResult(result)) return { before: line };
  return { record: { digest: NONE, previous: NONE, key, result }, before: line.subarray(0, 0) };
}

/** Decodes bytes as Latin-1, so that each character is one byte. */
function textOf(line: Uint8Array): string {
  return new TextDecoder("latin1").decode(line);
}

function parseJson(line: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)) ?? {};
  } catch {
    return {};
  }
}

/** The complete lines, without their line breaks. */
function wholeLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
