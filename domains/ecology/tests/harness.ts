/** For this domain's tests: the stage for its scenarios. */

import { stageOf } from "../../../tests/support/playing.ts";
import type { MeadowState } from "../engines/draft.ts";
import ecology from "../mod.ts";

/** Where this domain's scenarios are played. */
export const stage = stageOf<MeadowState>(ecology);
/** Of {@linkcode stage}. */
export const { play, playText } = stage;
