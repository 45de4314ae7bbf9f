/** The SQL a store's database speaks; MariaDB speaks `mysql`. */
export type StoreEngine = 'sqlite' | 'postgres' | 'mysql';
