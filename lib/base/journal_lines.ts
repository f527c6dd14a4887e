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

const digestOf = (covered: Uint8Array | string) => sha256(covered).slice(0, DIGITS);

const UTF8 = new TextEncoder(), STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true });
/** Makes each byte a character. */
const LATIN1 = new TextDecoder("latin1");

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
  const digest = digestOf(rest);
  return { bytes: UTF8.encode(`${HEAD}${digest}",${rest}\n`), digest };
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
 *
 * @param pieces the bytes of the file; a piece may change when the next one is taken
 * @param keep returns what is needed of a result
 */
export function readLines<T, Kept = T>(
  pieces: Iterable<Uint8Array>,
  isResult: (value: unknown) => value is T,
  keep: (result: T) => Kept = (result) => result as unknown as Kept,
): JournalContents<Kept> {
  const results = new Map<string, Kept>();
  const problems: string[] = [], damaged: Uint8Array[] = [];
  // The digest that the next line must link to; `undefined` after a damaged line.
  let expected: string | undefined = NONE, last: string | undefined;
  let length = 0;
  for (const { number, end, isOld, record, before } of journalLines(pieces, isResult)) {
    length = end;
    if (isOld && number === 1) {
      problems.push(
        "line 1: written by an earlier version without digests; its results are kept unverified",
      );
    }
    if (before.length > 0) {
      problems.push(`line ${number}: damaged`);
      damaged.push(before.slice());
      expected = undefined;
    }
    if (!record) continue;
    if (!isOld && expected !== undefined && record.previous !== expected) {
      problems.push(
        `line ${number}: does not follow the line before it: lines were removed, copied or ` +
          `reordered here; the remaining lines are kept`,
      );
    }
    results.set(record.key, keep(record.result));
    expected = last = record.digest;
  }
  return { results, last, length, problems, damaged };
}

/** A complete line of a journal. */
export interface JournalLine<T> {
  /** From 1. */
  readonly number: number;
  /** Offset of the next line in the file, in bytes. */
  readonly end: number;
  /** `true` in a journal without digests. */
  readonly isOld: boolean;
  /** `undefined` in a damaged line. */
  readonly record?: JournalRecord<T>;
  /** The damaged bytes before the record; they may change when the next line is taken. */
  readonly before: Uint8Array;
}

/** The lines of a journal; a last line without its line break is left out. */
export function* journalLines<T>(
  pieces: Iterable<Uint8Array>,
  isResult: (value: unknown) => value is T,
): Generator<JournalLine<T>, void> {
  let number = 0, end = 0, isOld = false;
  for (const line of wholeLines(pieces)) {
    if (number++ === 0) isOld = LATIN1.decode(line).startsWith(OLD_HEAD);
    end += line.length + 1;
    yield { number, end, isOld, ...(isOld ? findOldRecord : findRecord<T>)(line, isResult) };
  }
}

/** An intact record. */
export interface JournalRecord<T> {
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
  if (whole) return { record: whole, before: NOTHING };
  const start = LATIN1.decode(line).lastIndexOf(HEAD);
  const record = start > 0 ? parseRecord(line.subarray(start), isResult) : undefined;
  return record ? { record, before: line.subarray(0, start) } : { before: line };
}

/** The record of an intact line, `undefined` for any other bytes. */
function parseRecord<T>(
  line: Uint8Array,
  isResult: (value: unknown) => value is T,
): JournalRecord<T> | undefined {
  const digest = digestOf(line.subarray(OFFSET));
  if (LATIN1.decode(line.subarray(0, OFFSET)) !== `${HEAD}${digest}",`) return undefined;
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
  return { record: { digest: NONE, previous: NONE, key, result }, before: NOTHING };
}

function parseJson(line: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(STRICT_UTF8.decode(line)) ?? {};
  } catch {
    return {};
  }
}

const NOTHING = new Uint8Array();

/** The complete lines, without their line breaks; each is valid until the next one is taken. */
function* wholeLines(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  let begun = NOTHING;
  for (const piece of pieces) {
    let start = 0;
    for (let end = 0; (end = piece.indexOf(0x0a, start)) >= 0; start = end + 1) {
      const rest = piece.subarray(start, end);
      yield begun.length > 0 ? joined(begun, rest) : rest;
      begun = NOTHING;
    }
    begun = joined(begun, piece.subarray(start));
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
