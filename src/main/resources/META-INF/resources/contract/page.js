const reading = document.getElementById("reading");
const contract = document.getElementById("contract");

new MutationObserver((_, drawn) => {
  if (contract.textContent.trim()) {
    reading.remove();
    drawn.disconnect();
  }
}).observe(contract, { childList: true, subtree: true });

AsyncApiStandalone.render(
  {
    schema: { url: new URL("asyncapi.yaml", document.baseURI).href, options: { method: "GET" } },
    config: { show: { sidebar: true, errors: true }, sidebar: { showOperations: "byDefault" } },
  },
  contract,
);
