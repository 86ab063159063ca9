// The reports that interrupt, and the bell that rings for them.

import { Alarms } from "./alarms.js";
import { Sound } from "./sound.js";
import { asked } from "./state.js";

export const alarms = new Alarms();
export const sound = new Sound(asked.get("bunyi") !== "off");
