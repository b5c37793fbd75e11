namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>The report's style sheet: system fonts, two palettes, nothing from elsewhere.</summary>
internal static class PageStyle
{
    /// <summary>Of a wide chart's text, in the chart's own units.</summary>
    public const int WideChartFont = 12;

    /// <summary>Of a small chart's, which is shown at two thirds of its size.</summary>
    public const int SmallChartFont = 17;

    public static readonly string Css =
        $$"""
        :root {
          color-scheme: light dark;
          --page: #f4f6f8; --card: #ffffff; --line: #dfe4ea; --grid: #e9edf1;
          --ink: #18212b; --soft: #556270; --good: #0f7b4f; --good-soft: #dff3e9; --wait-soft: #eceff3; --threshold: #b3261e;
          --c1: #1f5fbf; --c2: #c2560a; --c3: #0f7b4f; --c4: #7b4bb7;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #10141a; --card: #181e26; --line: #2a333f; --grid: #242c37;
            --ink: #e7ecf2; --soft: #9aa8b7; --good: #63d6a1; --good-soft: #173527; --wait-soft: #242c37; --threshold: #ff8f86;
            --c1: #78b0ff; --c2: #ffab61; --c3: #63d6a1; --c4: #c39bf5;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
        }
        main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 48px; }
        header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin-bottom: 20px; }
        h1 { font-size: 26px; font-weight: 650; letter-spacing: -0.01em; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 17px; font-weight: 600; margin: 36px 0 12px; }
        h2 small { font-size: 13px; font-weight: 400; color: var(--soft); margin-left: 6px; }
        h3 { font-size: 14px; font-weight: 600; margin: 0; }
        .about { color: var(--soft); flex-basis: 100%; margin: 0; }
        .badge { border-radius: 999px; padding: 3px 12px; font-size: 13px; font-weight: 600; background: var(--wait-soft); color: var(--soft); }
        .badge.solved { background: var(--good-soft); color: var(--good); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: 12px; margin: 0; }
        .tile, figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .tile { padding: 12px 16px; }
        .tile dt { color: var(--soft); font-size: 13px; }
        .tile dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .tile dd small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); }
        figure { margin: 0 0 14px; padding: 14px 16px 8px; min-width: 0; }
        figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin-bottom: 6px; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; color: var(--soft); font-size: 13px; }
        .legend i { display: inline-block; width: 16px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
        .legend i.dots { width: 8px; height: 8px; border-radius: 50%; }
        .legend i.faint { opacity: 0.45; }
        .small { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); gap: 14px; }
        .small figure { margin: 0; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-size: {{WideChartFont}}px; fill: var(--soft); font-variant-numeric: tabular-nums; }
        svg.small text, svg.narrow text { font-size: {{SmallChartFont}}px; }
        svg.narrow { display: none; }
        @media (max-width: 640px) { svg.wide { display: none; } svg.narrow { display: block; } }
        svg text.threshold { fill: var(--threshold); font-weight: 600; }
        .grid { stroke: var(--grid); }
        .mark { stroke: var(--line); }
        line.threshold { stroke: var(--threshold); stroke-dasharray: 6 5; stroke-width: 1.3; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .small .line { stroke-width: 2.4; }
        .line.faint { stroke-width: 1.4; opacity: 0.45; }
        .line.c1 { stroke: var(--c1); } .line.c2 { stroke: var(--c2); } .line.c3 { stroke: var(--c3); } .line.c4 { stroke: var(--c4); }
        .dots.c1 { fill: var(--c1); } .dots.c2 { fill: var(--c2); } .dots.c3 { fill: var(--c3); } .dots.c4 { fill: var(--c4); }
        .dots { fill-opacity: 0.55; }
        i.c1 { background: var(--c1); } i.c2 { background: var(--c2); } i.c3 { background: var(--c3); } i.c4 { background: var(--c4); }
        .card { padding: 14px 18px; overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; font-weight: 400; color: var(--soft); white-space: nowrap; padding: 3px 24px 3px 0; vertical-align: top; width: 1%; }
        td { padding: 3px 0; overflow-wrap: anywhere; }
        .machines th, .machines td { text-align: right; width: auto; padding: 3px 0 3px 24px; }
        .machines th { white-space: normal; }
        .machines th:first-child, .machines td:first-child { text-align: left; padding-left: 0; }
        .config pre { columns: 2 360px; }
        pre { margin: 0; font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        footer { color: var(--soft); font-size: 13px; margin-top: 28px; }
        """;
}
