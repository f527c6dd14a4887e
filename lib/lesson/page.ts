/**
 * The script of the lesson.
 * @module
 */
import { element } from "../pad/display.ts";
import { decodeDigits } from "./digits.ts";
import { settingsForm } from "./settings_form.ts";
import { stepPart } from "./step_part.ts";
import { trainingPart } from "./training_part.ts";
import { valleyPart } from "./valley_part.ts";

stepPart();
const digits = decodeDigits(element("digits").textContent!);
const form = settingsForm(element("settings"));
const useInValley = valleyPart(digits, form);
trainingPart(digits, form, useInValley);
