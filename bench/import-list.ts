/** The rows of the list that is imported. */
export const consumers = 60_000;
const header = 'Consumer No,Consumer Name,Mobile No,Address,Pin Code,Latitude,Longitude,Remarks';

/** A consumer as he is kept. */
export function consumer(i: number) {
  return {
    id: String(600_000 + i),
    number: String(600_000 + i),
    name: `Consumer Kumar ${i}`,
    phone: `+91 98${String(i).padStart(8, '0')}`,
    address: `${(i % 300) + 1}, Tank Road, Ward ${i % 40}`,
    pincode: '440001',
    latitude: 21.1 + (i % 1000) / 1e4,
    longitude: 79 + (i % 777) / 1e4,
    notes: 'third floor, no lift',
  };
}

/** All of them as a distributor's program writes them. */
export function csv(): string {
  const lines = Array.from({ length: consumers }, (_, i) => {
    const { number, name, phone, address, pincode, latitude, longitude, notes } = consumer(i);
    return `${number},${name},${phone},"${address}",${pincode},${latitude.toFixed(6)},${longitude.toFixed(6)},"${notes}"`;
  });
  return `${header}\r\n${lines.join('\r\n')}\r\n`;
}
