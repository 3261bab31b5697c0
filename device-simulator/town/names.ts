import type { Random } from '../random.ts';

/**
 * Names put together from common words: trees, flowers, fruit, virtues, things of a town. No place and no person is
 * meant by any of them.
 */
const trees =
  'Neem Peepal Gulmohar Mango Banyan Tamarind Kadam Jamun Bel Champa Mogra Kewda Palash Semal Amaltas Arjun Sheesham Teak Bamboo Coconut Guava Lemon Pomegranate Mulberry Jasmine Marigold Lotus Tulsi Henna Sandal Cotton Banana Fig Date Almond Saffron Cardamom Clove Pepper Ginger'.split(
    ' ',
  );
const things =
  'Temple,Well,Tank,Mill,School,College,Post Office,Clock Tower,Library,Grain,Cloth,Bangle,Brass,Pottery,Spice,Flower,Vegetable,Timber,Hospital,Stadium,Water Tower,Lamp,Drum,Flute,Kite,Mirror,Pearl,Copper,Silver,Indigo,Sugar,Salt,Honey,Milk,Bell,Wheel,Lantern,Parrot,Peacock,Deer,Swan,Elephant,Horse,Sparrow'.split(
    ',',
  );
const words =
  'Suraj Chandra Tara Megh Sagar Parvat Vasant Sharad Usha Sandhya Jyoti Deep Mani Ratna Sona Rajat Kamal Kiran Pawan Nirmal'.split(
    ' ',
  );
const quarters =
  'Shanti Anand Sukh Vikas Pragati Ekta Nav Adarsh Harit Surya Chandan Kesar Nilam Moti Kamal Tara Usha Megh Vasant Mangal'.split(
    ' ',
  );
const quarterKinds = ['Nagar', 'Vihar', 'Colony', 'Puram', 'Bagh', 'Enclave'];
const givenNames =
  'Aarti Asha Amit Anil Anita Arun Bharat Bhavna Chetan Deepa Deepak Divya Farah Farid Gauri Geeta Gopal Hari Hema Imran Isha Jaya Jyoti Kavita Kiran Kishor Lata Leela Madhu Mahesh Manoj Meena Mohan Mukesh Naina Nandini Neha Nikhil Nitin Pankaj Pooja Prakash Prem Priya Radha Rafiq Rahul Raj Rajesh Rakesh Ramesh Rani Ravi Reema Rekha Ritu Rohit Sadia Salim Sandeep Sangita Sanjay Sarita Seema Shabnam Shalini Shyam Sita Sneha Sonal Subhash Sudha Sunil Sunita Suresh Swati Tanvi Uma Usha Varsha Vijay Vikram Vimal Vinod Yasmin Yogesh Zoya'.split(
    ' ',
  );
const surnames =
  'Agarwal Ahmed Bansal Bhatt Bose Chauhan Das Desai Deshmukh Dubey Fernandes Ghosh Gupta Iyer Jain Joshi Kale Kapoor Khan Kulkarni Kumar Malik Mehta Menon Mishra More Nair Naik Pandey Patel Patil Pawar Pillai Prasad Qureshi Rao Rathod Reddy Roy Sahu Saxena Sen Shah Sharma Sheikh Singh Sinha Soni Thakur Tiwari Verma Wagh Yadav'.split(
    ' ',
  );

export function townName(random: Random): string {
  const first = random.pick(['Kesar', 'Palash', 'Chandan', 'Mogra', 'Nilam', 'Sona', 'Kewda', 'Amal']);
  return first + random.pick(['wadi', 'pura', 'nagari', 'garhi']);
}

export function riverName(random: Random): string {
  return random.pick(['Kesari', 'Nilja', 'Sonal', 'Mandhara', 'Chandni', 'Vanya']);
}

/** Names of the roads that lead out, by the made-up towns they lead to and by what lies on them. */
export function roadNames(random: Random): string[] {
  const towns = ['Devgarhi', 'Ambapura', 'Lalwadi', 'Manikpuri', 'Tulsigaon', 'Haripuri'];
  const roads = random.shuffled(towns).map((town) => `${town} Road`);
  // the second of the seven leads past the railway station, the fifth past the godown
  return [...roads.slice(0, 2), 'Station Road', ...roads.slice(2, 6)];
}

export function districtNames(random: Random, count: number): string[] {
  const names = new Set<string>(['Purani Basti', 'Sadar Bazaar']);
  const firsts = random.shuffled(quarters);
  for (let i = 0; names.size < count; i++) {
    names.add(`${firsts[i % firsts.length]} ${random.pick(quarterKinds)}`);
  }
  return [...names];
}

export function parkNames(random: Random): string[] {
  const firsts = random.shuffled([...trees.slice(0, 20), ...words.slice(0, 10)]);
  const kinds = ['Garden', 'Park', 'Bagh', 'Udyan', 'Park', 'Maidan'];
  return firsts.map((first, i) => `${first} ${kinds[i % kinds.length]}`);
}

/** As many different street names as are asked for: broad ones for secondary streets, humbler ones for lanes. */
export class StreetNames {
  readonly #broad: string[];
  readonly #humble: string[];

  constructor(random: Random) {
    const all = [...trees, ...things, ...words];
    const made = (kinds: readonly string[], before: readonly string[] = ['']): string[] =>
      random.shuffled(before.flatMap((b) => all.flatMap((word) => kinds.map((kind) => `${b}${word} ${kind}`))));
    this.#broad = made(['Marg', 'Road', 'Street']).reverse();
    this.#humble = [
      ...made(['Lane', 'Gali', 'Path']),
      ...made(['Lane', 'Gali', 'Cross'], ['Old ', 'New ', 'Upper ', 'Lower ', 'Little ']),
    ].reverse();
  }

  broad(): string {
    return this.#broad.pop() ?? this.humble();
  }

  humble(): string {
    const name = this.#humble.pop();
    if (name === undefined) throw new RangeError('the town has run out of street names');
    return name;
  }
}

export function personName(random: Random): string {
  return `${random.pick(givenNames)} ${random.pick(surnames)}`;
}

export function vanName(index: number, random: Random): string {
  return `Van ${String(index + 1).padStart(2, '0')} ${random.pick(trees)}`;
}
