const state = document.getElementById("state");
const reasons = document.getElementById("reasons");

async function look() {
  try {
    const answer = await fetch("q/health/ready", { headers: { accept: "application/json" } });
    const health = await answer.json();
    const ready = health.status === "UP";
    state.textContent = ready ? "Ready: it works off commands." : "Not ready. What is in the way:";
    state.className = ready ? "ready" : "waiting";
    const found = health.checks.filter((check) => check.status !== "UP").flatMap((check) => Object.values(check.data ?? {}));
    reasons.replaceChildren(...found.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })));
  } catch {
    state.textContent = "The worker does not answer.";
    state.className = "waiting";
    reasons.replaceChildren();
  }
}

look();
setInterval(look, 5000);
