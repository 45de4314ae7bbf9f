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
  private readonly everHeld = [new Set<string>(), new Set<string>()] as const;
  private readonly current = [new Map<string, string>(), new Map<string, string>()] as const;

  /** About to be committed. A change of nothing but key or stamp is no edit. */
  edited(site: 0 | 1, email: string, row: RowImage | null): void {
    if (this.current[site].get(email) === contentOf(row)) return;
    const trail = this.trailOf(site, email);
    trail.contents.push(contentOf(row));
    const other = site === 0 ? 1 : 0;
    const isHeld =
      row === null
        ? (this.current[other].get(email) ?? gone) === gone
        : this.everHeld[other].has(contentOf(row));
    if (isHeld) trail.accounted = trail.contents.length - 1;
  }

  /** A row without a twin on the other side is gone: there is nothing to carry over. */
  withdrawn(site: 0 | 1, email: string): void {
    const trail = this.trailOf(site, email);
    trail.accounted = trail.contents.length - 1;
  }

  /** The site holds this row now, whoever wrote it. */
  held(site: 0 | 1, email: string, row: RowImage | null): void {
    this.current[site].set(email, contentOf(row));
    this.everHeld[site].add(contentOf(row));
    this.account(site === 0 ? 1 : 0, email, row);
  }

  /**
   * The site's row lost and is listed. A delete made before counts as listed with any conflict of its e-mail: the row
   * that lost may be one that came after it.
   */
  listed(site: 0 | 1, email: string, row: RowImage | null): void {
    this.account(site, email, row);
    this.accountDelete(0, email);
    this.accountDelete(1, email);
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

  private accountDelete(site: 0 | 1, email: string): void {
    const trail = this.trails[site].get(email);
    if (trail?.contents.at(-1) === gone) trail.accounted = trail.contents.length - 1;
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
