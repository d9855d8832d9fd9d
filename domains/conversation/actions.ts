/** Names of what user, agent and judge do in a turn. */

/** The user speaks: `{message, desired_action, done?, repeated?, fault?}`. */
export const SAY = "say";
/** The user has nothing more to say. */
export const FINISH = "finish";
/** The agent under test answers: `{reply, actions, fault?}`. */
export const REPLY = "reply";
/** The judge compares what was wanted with what was done: `{verdict}`. */
export const JUDGE = "judge";
