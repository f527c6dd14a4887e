/**
 * Called with the progress of reading, writing or downloading.
 *
 * @param done from 0 to `total`, in `unit`s
 * @param unit `MB` for a download, `images` for a folder
 */
export type Progress = (done: number, total: number, unit: string) => void;
