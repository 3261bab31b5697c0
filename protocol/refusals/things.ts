import type { Lines } from './line.ts';

/** What is refused about accounts, vans, trackers, zones, places, settings and webhooks: the administrator's work. */
export const thingLines = {
  'value-wrong': { en: '{message}', hi: 'यह मान ठीक नहीं है।' },
  'agency-exists': { en: 'agency {id} exists', hi: 'एजेंसी {id} पहले से है।' },
  'agency-reserved': {
    en: '{id} is the name of the places that all agencies share',
    hi: '{id} नाम सभी एजेंसियों के साझा स्थानों का है।',
  },
  'agency-time-zone': { en: '{zone} is no IANA time zone', hi: '{zone} कोई समय क्षेत्र नहीं है।' },
  'agency-hours': { en: 'must be later than from', hi: 'काम का समय शुरू होने के बाद ही ख़त्म हो सकता है।' },
  'account-exists': { en: 'account {id} exists', hi: 'खाता {id} पहले से है।' },
  'account-reserved': { en: "{id} is a name of the operator's", hi: '{id} नाम सर्वर चलाने वाले का है।' },
  'account-unsettled': { en: 'account {id} is being changed', hi: 'खाता {id} अभी बदला जा रहा है। फिर कोशिश करें।' },
  'account-kind': {
    en: 'a person is no service and a service no person; add another account',
    hi: 'व्यक्ति का खाता सेवा का नहीं बन सकता, न सेवा का व्यक्ति का। दूसरा खाता जोड़ें।',
  },
  'account-scopes': {
    en: 'only an INTERNAL_SERVICE has scopes; a role has its rights by itself',
    hi: 'ये अधिकार केवल सेवा के खाते को दिए जाते हैं; बाकी के अधिकार उनकी भूमिका से हैं।',
  },
  'account-last': {
    en: '{id} is the last administrator who can sign in; make another one first',
    hi: '{id} आखिरी प्रशासक है जो साइन इन कर सकता है; पहले एक और बनाएँ।',
  },
  'account-disabled': { en: 'account {id} is disabled', hi: 'खाता {id} बंद है।' },
  'account-no-service': {
    en: 'account {id} is no service and has no key',
    hi: 'खाता {id} सेवा का नहीं है; उसकी कुंजी नहीं होती।',
  },
  'account-is-service': { en: 'account {id} is a service and has a key', hi: 'खाता {id} सेवा का है; वह कुंजी से आता है।' },
  'account-no-administrator': { en: 'account {id} is no administrator', hi: 'खाता {id} प्रशासक का नहीं है।' },
  'password-changed': { en: 'the password of {id} has changed', hi: '{id} का पासवर्ड इस बीच बदल गया है।' },
  'password-weak': {
    en: 'the password {message}',
    hi: 'यह पासवर्ड कमज़ोर है: कम से कम 10 अक्षर रखें, और कोई आम शब्द या अपना नाम न रखें।',
  },
  'only-driver': {
    en: 'this account may only change who drives a van (driverId)',
    hi: 'आपका खाता केवल यह बदल सकता है कि वैन कौन चलाता है।',
  },
  'van-exists': { en: 'van {id} exists', hi: 'वैन {id} पहले से है।' },
  'van-laden': {
    en: 'van {id} has {open} on it; assign elsewhere or finish first',
    hi: 'वैन {id} पर अभी खुले ऑर्डर हैं; पहले उन्हें पूरा करें या किसी और वैन को दें।',
  },
  'driver-elsewhere': { en: '{driver} drives van {van}', hi: '{driver} अभी वैन {van} चलाते हैं।' },
  'device-exists': { en: 'device {id} exists', hi: 'ट्रैकर {id} पहले से है।' },
  'device-no-gateway': { en: '{gateway} is no gateway', hi: '{gateway} कोई गेटवे नहीं है।' },
  'device-moved-ahead': { en: 'lies in the future', hi: 'यह समय अभी आया नहीं है।' },
  'letter-of-nobody': {
    en: 'the device {device} that sent it is not registered any more',
    hi: 'जिस ट्रैकर {device} ने यह भेजा था वह अब दर्ज नहीं है।',
  },
  'zone-exists': { en: 'zone {id} exists', hi: 'क्षेत्र {id} पहले से है।' },
  'zone-name': { en: 'zone {id} is called {name}', hi: '“{name}” नाम का क्षेत्र पहले से है।' },
  'zones-many': { en: 'an agency has at most {most} zones', hi: 'एक एजेंसी के ज़्यादा से ज़्यादा {most} क्षेत्र हो सकते हैं।' },
  'zone-shape': {
    en: '{message}',
    hi: 'क्षेत्र की यह आकृति नहीं चलेगी: कोने अलग-अलग हों, किनारे एक-दूसरे को न काटें, और क्षेत्र न बहुत छोटा हो न बहुत बड़ा।',
  },
  'zone-file': { en: '{where} {message}', hi: 'यह GeoJSON क्षेत्र के रूप में पढ़ा नहीं जा सका।' },
  'rules-disagree': { en: '{where} {message}', hi: 'नियम के दो मान आपस में मेल नहीं खाते।' },
  'place-exists': { en: 'place {key} exists', hi: 'यह स्थान पहले से है।' },
  'place-dropped': { en: '{dropped}', hi: 'इस बीच यह स्थान बदल गया है।' },
  'place-ambiguous': {
    en: '{count} cities have this name; say which with ?district=.',
    hi: 'इस नाम के {count} शहर हैं; ज़िला भी बताएँ।',
  },
  'webhook-exists': { en: 'webhook {id} exists', hi: 'वेबहुक {id} पहले से है।' },
  'webhooks-many': { en: 'there are {most} webhooks already', hi: 'पहले से {most} वेबहुक हैं; और नहीं जोड़े जा सकते।' },
  'webhook-address': {
    en: '{message}',
    hi: 'यह पता नहीं चलेगा: वह https:// से शुरू हो, इंटरनेट पर खुला हो, और उसमें नाम, पासवर्ड या # न हो।',
  },
  'webhook-keys': { en: 'are more than {most}', hi: 'एक बार में ज़्यादा से ज़्यादा {most} चुने जा सकते हैं।' },
  'webhook-key': {
    en: 'no dead letter of this webhook has this key',
    hi: 'इस वेबहुक का ऐसा कोई अटका हुआ संदेश नहीं है।',
  },
} as const satisfies Lines;
