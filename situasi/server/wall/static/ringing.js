// The alarm queue and the alarm sound of this page.

import { Alarms } from "./alarms.js";
import { Sound } from "./sound.js";
import { params } from "./state.js";

export const alarms = new Alarms();
export const sound = new Sound(params.get("bunyi") !== "off");
