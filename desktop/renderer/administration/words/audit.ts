import type { InBoth } from '../../words/language.ts';

const en = {
  lead: (zone: string) => `Every change, newest first. Times are those of the agency (${zone}).`,
  when: 'When',
  who: 'Who',
  what: 'What',
  about: 'About',
  details: 'Details',
  aboutFilter: 'About (kind:id)',
  emptyTitle: 'Nothing has been done yet',
  emptyLead: 'Whatever somebody changes stands here from then on.',
  noMatch: 'Nothing matches',
  kinds: {
    van: 'Van',
    order: 'Order',
    consumer: 'Consumer',
    account: 'Account',
    device: 'Tracker',
    zone: 'Zone',
    run: 'Run of',
    agency: 'Agency',
    webhook: 'Webhook',
    alert: 'Alert',
    'alert-rules': 'Alert rules',
  } as Record<string, string>,
  parts: { link: 'who had the link', daemon: 'the daemon' } as Record<string, string>,
};

const hi: typeof en = {
  lead: (zone) => `हर बदलाव, नया पहले। समय एजेंसी का है (${zone})।`,
  when: 'कब',
  who: 'किसने',
  what: 'क्या',
  about: 'किसके बारे में',
  details: 'विवरण',
  aboutFilter: 'किसके बारे में (kind:id)',
  emptyTitle: 'अभी कुछ नहीं किया गया',
  emptyLead: 'जो भी बदलेगा, तब से यहाँ दिखेगा।',
  noMatch: 'कुछ नहीं मिला',
  kinds: {
    van: 'वैन',
    order: 'ऑर्डर',
    consumer: 'ग्राहक',
    account: 'खाता',
    device: 'ट्रैकर',
    zone: 'क्षेत्र',
    run: 'फेरा',
    agency: 'एजेंसी',
    webhook: 'वेबहुक',
    alert: 'चेतावनी',
    'alert-rules': 'चेतावनी के नियम',
  },
  parts: { link: 'जिसके पास लिंक था', daemon: 'सर्वर' },
};

export const auditWords: InBoth<typeof en> = { en, hi };
