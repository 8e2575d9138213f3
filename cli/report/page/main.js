/* Views by the part of the address after #, so that each has a link. */
const VIEWS = { '': showOverview, clusters: showClusters, cluster: showCluster, sections: showSections, section: showSection, pairs: showPairs,
  articles: showArticles, article: showArticle, compare: showCompare, dots: showDots, search: showSearch, sources: showSources, decisions: showDecisions };
const NAVIGATION = [['', 'Overview'], ['clusters', 'Clusters'], ['sections', 'Sections'], ['pairs', 'Pairs'], ['articles', 'Articles'], ['sources', 'Sources'], ['decisions', 'Decisions']];
const NOTHING_THERE = 'This report has no such item.';
const PARTS = { cluster: 'clusters', section: 'sections', compare: 'pairs', dots: 'pairs', article: 'articles' };

function footer() {
  const o = overview(), v = o.version;
  return `twicetold ${Math.floor(v / 10000)}.${Math.floor(v / 100) % 100}.${v % 100}. ${plural(articles().id.length, 'article')}, ${plural(o.texts, 'full text')}. Works offline; sends nothing.`;
}

document.getElementById('nav').append(...NAVIGATION.map(([name, label]) => el('a', { href: `#/${name}`, 'data-view': name }, label)));
document.getElementById('view').dir = mostly(articles().title.slice(0, 500));
showDecisionCount();
document.getElementById('foot').textContent = footer();
show(false);
