/**
 * Told how far reading, writing or downloading has come.
 *
 * @param done from 0 to `total`, in `unit`s
 * @param unit `MB` of a download, `images` of a folder
 */
export type Progress = (done: number, total: number, unit: string) => void;
