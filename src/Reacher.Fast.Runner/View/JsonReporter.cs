using System.Text.Json;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.View;

/// <summary>One JSON object a line: <c>status</c> every second, <c>event</c>, and <c>summary</c> last.</summary>
internal sealed class JsonReporter : RunReporter
{
    private const double Interval = 1;
    private double lastShown = double.NegativeInfinity;

    public override void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.ElapsedSeconds - lastShown >= Interval)
        {
            lastShown = status.ElapsedSeconds;
            Write("status", status);
        }
    }

    public override void Say(string sentence) => Write("event", new { Message = sentence });

    public override void Finish(RunSummary summary) => Write("summary", summary);

    private static void Write<T>(string type, T value)
    {
        var record = JsonSerializer.SerializeToNode(value, JsonStyle.Line)!.AsObject();
        record.Insert(0, "type", type);
        Console.WriteLine(record.ToJsonString(JsonStyle.Line));
    }
}
