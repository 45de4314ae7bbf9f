import type { RowImage } from '@rowbridge/change-event';
import { stampColumn } from '../decisions/sync-stamp.js';

interface EditTrail {
  readonly contents: string[];
  /** Index of the latest edit known to have reached the other site or to be listed. */
  accounted: number;
}

/**
 * What applications edited, for I5: the last edit of each site and e-mail must have been held by the other site, or
 * be listed as a conflict, at some time after it was made. Earlier edits were overwritten by the same site. Sound
 * because a site never writes the same content twice where rows carry times; without times it is not asked.
 */
export class EditLedger {
  private readonly trails = [new Map<string, EditTrail>(), new Map<string, EditTrail>()] as const;
  private readonly current = [new Map<string, string>(), new Map<string, string>()] as const;

  edited(site: 0 | 1, email: string, row: RowImage | null): void {
    const trail = this.trailOf(site, email);
    trail.contents.push(contentOf(row));
    const otherContent = this.current[site === 0 ? 1 : 0].get(email) ?? gone;
    if (otherContent === contentOf(row)) trail.accounted = trail.contents.length - 1;
  }

  /** A row that never had a twin is gone again: nobody else knew it. */
  withdrawn(site: 0 | 1, email: string): void {
    const trail = this.trailOf(site, email);
    trail.accounted = trail.contents.length - 1;
  }

  /** The site holds this row now, whoever wrote it. */
  held(site: 0 | 1, email: string, row: RowImage | null): void {
    this.current[site].set(email, contentOf(row));
    this.account(site === 0 ? 1 : 0, email, row);
  }

  /** The site's row lost and is listed. */
  listed(site: 0 | 1, email: string, row: RowImage | null): void {
    this.account(site, email, row);
  }

  lostEdits(): readonly string[] {
    return this.trails.flatMap((trails, site) =>
      [...trails].flatMap(([email, trail]) =>
        trail.accounted < trail.contents.length - 1
          ? [`I5: site ${site} lost its last edit of ${email}`]
          : [],
      ),
    );
  }

  private account(site: 0 | 1, email: string, row: RowImage | null): void {
    const trail = this.trails[site].get(email);
    const index = trail?.contents.lastIndexOf(contentOf(row)) ?? -1;
    if (trail && index > trail.accounted) trail.accounted = index;
  }

  private trailOf(site: 0 | 1, email: string): EditTrail {
    let trail = this.trails[site].get(email);
    if (!trail) this.trails[site].set(email, (trail = { contents: [], accounted: -1 }));
    return trail;
  }
}

const gone = 'gone';

/** A row's content in words both sites share: column order is the same on both. */
export function contentOf(row: RowImage | null): string {
  if (row === null) return gone;
  let content = '';
  for (const column in row) if (column !== stampColumn) content += `${row[column]}|`;
  return content.toLowerCase();
}
