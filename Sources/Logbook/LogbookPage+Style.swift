extension LogbookPage {
  static let style: HTML = """
    @page { size: A4 landscape; margin: 12mm 12mm 14mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #555 } }
    * { box-sizing: border-box; margin: 0; padding: 0 }
    html { -webkit-print-color-adjust: exact; print-color-adjust: exact }
    body { font: 10pt/1.4 "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; color: #1b2733; background: #fff; max-width: 273mm; margin: 0 auto; padding: 12px }
    header { display: grid; grid-template-columns: 1fr auto; column-gap: 12mm; align-items: baseline; border-bottom: 2px solid #0b6e7f; padding-bottom: 6px }
    h1 { font-size: 19pt; font-weight: 600 }
    .vehicle { font-size: 12pt; font-weight: 600; text-align: right; overflow-wrap: anywhere }
    .source { grid-column: 1 / -1; color: #51606d; font-size: 9pt }
    .honest { margin: 8px 0; padding: 6px 10px; background: #fdf6e3; border-left: 4px solid #c98a00; font-size: 9pt }
    dl { display: grid; grid-template-columns: repeat(5, 1fr); gap: 6px; margin: 8px 0 }
    dl div { background: #eef4f5; padding: 5px 10px; border-radius: 3px }
    dt { font-size: 8pt; color: #51606d }
    dd { font-size: 13pt; font-weight: 600; font-variant-numeric: tabular-nums }
    .figures { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin: 8px 0 }
    figure { border: 1px solid #d5dde2; border-radius: 3px; padding: 6px; break-inside: avoid; min-width: 0 }
    figcaption { font-weight: 600; font-size: 9pt; margin-bottom: 2px }
    svg { display: block; width: 100%; height: auto }
    svg text { font: 10px "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; fill: #51606d }
    .completeness { margin: 8px 0; font-size: 9pt; break-inside: avoid }
    h2 { font-size: 10pt }
    table { border-collapse: collapse; width: 100%; font-size: 8.5pt; font-variant-numeric: tabular-nums; margin-top: 10px }
    thead { display: table-header-group }
    th { text-align: left; vertical-align: bottom; border-bottom: 1.5px solid #0b6e7f; padding: 3px 5px; font-weight: 600 }
    .sheet { display: none }
    .sheet th { border: 0; font-weight: 400; color: #51606d }
    td { border-bottom: 1px solid #e2e8ec; padding: 2.5px 5px; white-space: nowrap }
    tr { break-inside: avoid }
    .n { text-align: right }
    .gap td { background: #fdf0d5; white-space: normal; font-style: italic }
    .note { margin-top: 6px; font-size: 8pt; color: #51606d }
    /* Every printed sheet names the vehicle. */
    @media print { body { padding: 0; max-width: none } .sheet { display: table-row } }
    """
}
