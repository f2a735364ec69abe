// Shows the documents that have every word that was typed; without this script all of them stand there.
const box = document.querySelector('.search'), field = box.querySelector('input'), told = document.querySelector('[role=status]');
const cards = [...document.querySelectorAll('.cards li')];
const look = () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const card of cards) {
    card.hidden = !words.every(word => card.dataset.words.includes(word));
    found += !card.hidden;
  }
  told.hidden = !words.length;
  told.textContent = found ? `${found} of ${cards.length}` : 'Nothing has all of these words.';
};
box.hidden = !cards.length;
field.addEventListener('input', look);
look();
