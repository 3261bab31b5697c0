import type { Lines } from './line.ts';

/** What is refused about orders, runs, alerts and consumers: the day's work. */
export const orderLines = {
  changed: {
    en: '{what} is at version {version}, not {seen}',
    hi: 'इस बीच किसी और ने इसे बदल दिया है। अभी जैसा है वैसा देखकर फिर करें।',
  },
  'others-faster': { en: 'others were faster each time: {lost}', hi: 'हर बार कोई और पहले कर गया। फिर कोशिश करें।' },
  'order-exists': { en: 'order {id} exists', hi: 'ऑर्डर {id} पहले से है।' },
  'order-of-nobody': { en: 'consumer {consumer} does not exist', hi: 'ग्राहक {consumer} नहीं है।' },
  'order-state': {
    en: 'order {id} {otherwise}: it is {state}',
    hi: 'ऑर्डर {id} की स्थिति अब “{state:order}” है, इसलिए यह नहीं हो सकता।',
  },
  'order-ended': { en: 'order {id} has ended', hi: 'ऑर्डर {id} पूरा हो चुका है।' },
  'order-not-out': { en: 'the order is not out for delivery', hi: 'ऑर्डर अभी डिलीवरी पर नहीं निकला है।' },
  'acted-ahead': { en: 'lies in the future', hi: 'यह समय अभी आया नहीं है। घड़ी देखें।' },
  'reason-needed': { en: 'a delivery without code needs one', hi: 'बिना कोड के देने पर कारण बताना ज़रूरी है।' },
  'more-than-ordered': { en: 'only {ordered} were ordered', hi: 'केवल {ordered} सिलेंडर का ऑर्डर था।' },
  'code-mistyped': {
    en: 'this cannot be a delivery code: a digit is wrong, or two are exchanged',
    hi: 'यह डिलीवरी कोड हो नहीं सकता: कोई अंक ग़लत है, या दो अंक बदल गए हैं।',
  },
  'code-wrong': {
    en: 'this is not the delivery code of this order. Tries left: {left}',
    hi: 'यह इस ऑर्डर का डिलीवरी कोड नहीं है। {left} मौके बाकी।',
  },
  'code-locked': {
    en: 'too many wrong codes. Try again in {minutes} min, or deliver without a code',
    hi: 'बहुत बार ग़लत कोड। {minutes} मिनट बाद फिर करें, या बिना कोड के दें।',
  },
  'no-such-van': { en: 'van {van} does not exist', hi: 'वैन {van} नहीं है।' },
  'no-such-day': { en: '{day} is no day', hi: '{day} कोई तारीख नहीं है।' },
  'no-such-stop': { en: 'order {id} does not exist', hi: 'ऑर्डर {id} नहीं है।' },
  'stop-state': { en: 'order {id} is {state}', hi: 'ऑर्डर {id} की स्थिति “{state:order}” है; उसे फेरे में नहीं डाला जा सकता।' },
  'run-long': { en: 'a run has at most {most}', hi: 'एक फेरे में ज़्यादा से ज़्यादा {most} पड़ाव हो सकते हैं।' },
  'van-full': {
    en: 'van {van} holds {holds}, this run needs {needed}',
    hi: 'वैन {van} में {holds} सिलेंडर आते हैं; इस फेरे को {needed} चाहिए।',
  },
  'van-empties-full': {
    en: 'van {van} holds {holds} empties, this run brings {needed} back',
    hi: 'वैन {van} में {holds} खाली सिलेंडर आते हैं; इस फेरे से {needed} वापस आएँगे।',
  },
  'no-godown': {
    en: '{where} must be open: the agency has set no godown',
    hi: 'एजेंसी का गोदाम नक्शे पर नहीं रखा गया है।',
  },
  'alert-closed': { en: 'alert {id} has closed', hi: 'यह चेतावनी बंद हो चुकी है।' },
  'time-past': { en: 'lies in the past', hi: 'यह समय बीत चुका है।' },
  'snooze-long': { en: 'is more than 7 days ahead', hi: 'चेतावनी ज़्यादा से ज़्यादा 7 दिन टाली जा सकती है।' },
  'muted-twice': { en: 'names a kind twice', hi: 'एक ही प्रकार दो बार लिखा है।' },
  'no-colleague': {
    en: 'to is no account of this agency that sees alerts: {to}',
    hi: '{to} इस एजेंसी में चेतावनियाँ देखने वाला खाता नहीं है।',
  },
  'consumer-exists': { en: 'consumer {id} exists', hi: 'ग्राहक {id} पहले से है।' },
  'consumer-unsettled': {
    en: 'consumer {id} is being changed',
    hi: 'ग्राहक {id} की जानकारी अभी बदली जा रही है। फिर कोशिश करें।',
  },
  'consumer-number': {
    en: 'consumer {id} has the number {number}',
    hi: 'ग्राहक {id} का उपभोक्ता नंबर {number} है।',
  },
  'name-missing': { en: 'is missing', hi: 'नाम नहीं दिया गया है।' },
  'notified-before': { en: '{key} is on record', hi: 'यह पहले ही बताया जा चुका है।' },
  'importing-already': {
    en: 'a list is being imported already. Wait for its end',
    hi: 'एक सूची पहले से आयात हो रही है। उसके पूरा होने तक रुकें।',
  },
  'list-too-large': { en: 'the list is larger than 32 MB', hi: 'सूची 32 MB से बड़ी है।' },
  'list-unreadable': {
    en: 'the list cannot be imported: {message}',
    hi: 'सूची पढ़ी नहीं जा सकी। पहली पंक्ति में कॉलम के नाम हों (उपभोक्ता नंबर भी), और फ़ाइल “CSV UTF-8” में सहेजी हो।',
  },
  'cannot-go-on': {
    en: 'the import could not go on: {message}',
    hi: 'आयात बीच में रुक गया। जो हो चुका वह रहेगा; फिर से चलाने पर कुछ दोहराया नहीं जाएगा।',
  },
  'list-type': {
    en: 'the list must be sent as one of {types}',
    hi: 'इस तरह की फ़ाइल नहीं चलेगी। CSV या JSON दें।',
  },
} as const satisfies Lines;
