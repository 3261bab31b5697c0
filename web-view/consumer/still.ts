import '../shared/page.css';
