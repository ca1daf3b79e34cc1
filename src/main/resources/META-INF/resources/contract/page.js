AsyncApiStandalone.render(
  {
    schema: { url: new URL("asyncapi.yaml", document.baseURI).href, options: { method: "GET" } },
    config: { show: { sidebar: true, errors: true }, sidebar: { showOperations: "byDefault" } },
  },
  document.getElementById("contract"),
);
