const state = document.getElementById("state");
const reasons = document.getElementById("reasons");

async function showHealth() {
  try {
    const response = await fetch("q/health/ready", { headers: { accept: "application/json" } });
    const health = await response.json();
    const ready = health.status === "UP";
    state.textContent = ready ? "Ready: processing commands." : "Not ready, because:";
    state.className = ready ? "ready" : "waiting";
    const texts = health.checks.filter((check) => check.status !== "UP").flatMap((check) => Object.values(check.data ?? {}));
    reasons.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  } catch {
    state.textContent = "The worker does not answer.";
    state.className = "waiting";
    reasons.replaceChildren();
  }
}

showHealth();
setInterval(showHealth, 5000);
