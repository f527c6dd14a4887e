/**
 * The script of the lesson.
 * @module
 */
import { element } from "../pad/display.ts";
import { decodeDigits } from "./digits.ts";
import { stepPart } from "./step_part.ts";
import { trainingPart } from "./training_part.ts";

stepPart();
const digits = decodeDigits(element("digits").textContent!);
trainingPart(digits, () => {});
