(function () {
  try {
    const theme = localStorage.getItem('lockstep.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // without storage the system's colours apply
  }
})();
