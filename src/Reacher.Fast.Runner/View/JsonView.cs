using System.Text.Json;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Runner.View;

/// <summary>One JSON object a line: <c>status</c> every second, <c>event</c>, and <c>summary</c> last.</summary>
internal sealed class JsonView : IRunView
{
    private const double Interval = 1;
    private double lastShown = double.NegativeInfinity;

    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.ElapsedSeconds - lastShown >= Interval)
        {
            lastShown = status.ElapsedSeconds;
            Write("status", status, RunStatus.Json);
        }
    }

    public void Say(string sentence) => Write("event", new { Message = sentence }, JsonStyle.Line);

    public void Finish(RunSummary summary) => Write("summary", summary, JsonStyle.Line);

    private static void Write<T>(string type, T value, JsonSerializerOptions style)
    {
        var record = JsonSerializer.SerializeToNode(value, style)!.AsObject();
        record.Insert(0, "type", type);
        Console.WriteLine(record.ToJsonString(style));
    }
}
