import { customCalendar } from "tidegate";

/** The London Stock Exchange in 2016. A file of another year needs that year's closures. */
export const london = customCalendar({
  name: "XLON",
  timeZone: "Europe/London",
  open: "08:00",
  close: "16:30",
  closures: [
    "2016-01-01",
    "2016-03-25",
    "2016-03-28",
    "2016-05-02",
    "2016-05-30",
    "2016-08-29",
    "2016-12-26",
    "2016-12-27",
  ],
  earlyCloses: { "2016-12-23": "12:30", "2016-12-30": "12:30" },
});
