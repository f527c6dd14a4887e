import assert from "node:assert/strict";
import {
  checkWritable,
  type Content,
  writeFileAtomically,
  writeFilesAtomically,
} from "./atomic_file.ts";
import { UserError } from "./user_error.ts";

Deno.test("a file is written atomically, with its folders, and leaves no partial file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a/b.txt`;
    await writeFileAtomically(path, "old");
    await writeFileAtomically(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(Array.from(Deno.readDirSync(`${folder}/a`), ({ name }) => name), ["b.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("of files that belong together none is replaced or removed until all are on disk", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [a, b, c] = ["a", "b", "c"].map((name) => `${folder}/${name}.csv`);
    await writeFilesAtomically(new Map([[a, "old"], [b, "old"], [c, "old"]]));
    // As on a full disk.
    const failing = (async function* () {
      yield Uint8Array.of(110);
      await Promise.resolve();
      throw new UserError("No space left on device");
    })();
    await assert.rejects(
      writeFilesAtomically(
        new Map<string, Content | undefined>([[c, undefined], [a, "new"], [b, failing]]),
      ),
      /No space left/,
    );
    const names = () => Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
    for (const path of [a, b, c]) assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(names(), ["a.csv", "b.csv", "c.csv"]);
    await writeFilesAtomically(new Map([[c, undefined], [a, "new"], [`${c}.none`, undefined]]));
    assert.deepEqual(names(), ["a.csv", "b.csv"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("checkWritable leaves no trace", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/old.txt`, "old");
    await checkWritable(`${folder}/old.txt`);
    await checkWritable(`${folder}/new.txt`);
    assert.equal(await Deno.readTextFile(`${folder}/old.txt`), "old");
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["old.txt"]);
    await assert.rejects(checkWritable(folder), {
      message: /: is a folder, expected the name of a file/,
    });
    await assert.rejects(checkWritable("/proc/none/file"), {
      name: "UserError",
      message: /^\/proc\/none\/file: cannot be written/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a path that cannot be written is a UserError that names it, and the old file stays", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await assert.rejects(
      writeFileAtomically(`${folder}/taken`, "text"),
      (error) =>
        error instanceof UserError &&
        error.message.startsWith(`${folder}/taken: cannot be written`),
    );
    // A full disk: writes to /dev/full fail.
    await writeFileAtomically(`${folder}/file`, "old");
    await Deno.symlink("/dev/full", `${folder}/file.${Deno.pid}.partial`);
    await assert.rejects(
      writeFileAtomically(`${folder}/file`, "new"),
      /file: cannot be written \(No space left on device/,
    );
    assert.equal(await Deno.readTextFile(`${folder}/file`), "old");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
