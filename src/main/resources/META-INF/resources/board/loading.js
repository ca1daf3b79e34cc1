// Says so if the page's modules cannot be loaded: for example while two versions answer in turns during an update.
addEventListener('error', () => {
  const app = document.getElementById('app');
  if (!app || app.querySelector(':scope > :not(noscript)')) return;
  const message = app.appendChild(document.createElement('p'));
  message.className = 'unshown';
  message.append('The page could not be loaded. ');
  const link = message.appendChild(document.createElement('a'));
  link.href = '';
  link.textContent = 'Load it again';
}, true);
