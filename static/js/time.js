// Keeps the words about time fresh: what is left until a deadline, and the server's clock. The server's time counts, never this machine's.

const BEIJING = { timeZone: "Asia/Shanghai" };
const language = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
const ahead = new Date(document.body.dataset.now).getTime() - Date.now();
const words = JSON.parse(document.body.dataset.timeWords || "{}");

function amount(count, unit) {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function left(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (milliseconds <= 0) return words.passed;
  if (minutes < 1) return words.soon;
  const [sentence, parts] =
    minutes >= 1440
      ? [words.days, { days: amount(Math.floor(minutes / 1440), "day"), hours: amount(Math.floor((minutes % 1440) / 60), "hour") }]
      : minutes >= 60
        ? [words.hours, { hours: amount(Math.floor(minutes / 60), "hour"), minutes: amount(minutes % 60, "minute") }]
        : [words.minutes, { minutes: amount(minutes, "minute") }];
  return sentence.replace(/%\((\w+)\)s/g, (_match, name) => parts[name]);
}

function refresh() {
  const now = new Date(Date.now() + ahead);
  for (const element of document.querySelectorAll("[data-deadline]")) {
    element.textContent = left(new Date(element.dataset.deadline) - now);
  }
  for (const element of document.querySelectorAll("[data-clock]")) {
    const day = new Intl.DateTimeFormat(language, { ...BEIJING, dateStyle: "long" }).format(now);
    element.textContent = `${day} ${new Intl.DateTimeFormat("en-GB", { ...BEIJING, timeStyle: "short" }).format(now)}`;
  }
}

if (document.body.dataset.now) {
  window.setInterval(refresh, 20000);
}
