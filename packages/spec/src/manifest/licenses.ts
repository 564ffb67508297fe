/**
 * The licences that a manifest can name: SPDX identifiers of those that the Open Source Initiative had approved when the specification was
 * written, in the spelling of that time (`GPL-3.0`, not `GPL-3.0-only`), and two words of Flywheel's: `Flywheel MSA` and `Other`.
 *
 * @see Flywheel Gear Spec 0.1.9, `license`; SPDX License List 2
 */
export const LICENSES: readonly string[] = [
  ...["0BSD", "AAL", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0", "AGPL-3.0", "APL-1.0"],
  ...["APSL-1.0", "APSL-1.1", "APSL-1.2", "APSL-2.0", "Apache-1.1", "Apache-2.0"],
  ...["Artistic-1.0", "Artistic-1.0-Perl", "Artistic-1.0-cl8", "Artistic-2.0"],
  ...["BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CATOSL-1.1", "CDDL-1.0", "CECILL-2.1", "CNRI-Python"],
  ...["CPAL-1.0", "CPL-1.0", "CUA-OPL-1.0", "ECL-1.0", "ECL-2.0", "EFL-1.0", "EFL-2.0", "EPL-1.0"],
  ...["EUDatagrid", "EUPL-1.1", "Entessa", "Fair", "Flywheel MSA", "Frameworx-1.0", "GPL-2.0", "GPL-3.0"],
  ...["HPND", "IPA", "IPL-1.0", "ISC", "Intel", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "LPL-1.0", "LPL-1.02"],
  ...["LPPL-1.3c", "LiLiQ-P-1.1", "LiLiQ-R-1.1", "LiLiQ-Rplus-1.1", "MIT", "MPL-1.0", "MPL-1.1", "MPL-2.0"],
  ...["MPL-2.0-no-copyleft-exception", "MS-PL", "MS-RL", "MirOS", "Motosoto", "Multics", "NASA-1.3", "NCSA"],
  ...["NGPL", "NPOSL-3.0", "NTP", "Naumen", "Nokia", "OCLC-2.0", "OFL-1.1", "OGTSL", "OSET-PL-2.1"],
  ...["OSL-1.0", "OSL-2.0", "OSL-2.1", "OSL-3.0", "Other", "PHP-3.0", "PostgreSQL", "Python-2.0", "QPL-1.0"],
  ...["RPL-1.1", "RPL-1.5", "RPSL-1.0", "RSCPL", "SISSL", "SPL-1.0", "SimPL-2.0", "Sleepycat", "UPL-1.0"],
  ...["VSL-1.0", "W3C", "Watcom-1.0", "Xnet", "ZPL-2.0", "Zlib"],
]
