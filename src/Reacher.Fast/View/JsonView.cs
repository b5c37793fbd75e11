using System.Text.Json;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.View;

/// <summary>
/// One JSON object a line: <c>status</c> every second and at once where the phase is another, <c>event</c>, and <c>summary</c> last.
/// </summary>
internal sealed class JsonView : IRunView
{
    private const double Interval = 1;
    private double lastShown = double.NegativeInfinity;
    private RunPhase lastPhase;

    /// <param name="output">What standard output goes through; the line that it writes where others are missing is an event as well.</param>
    public JsonView(OutputPipe output) => output.Notice = lines => Event(OutputPipe.DescribeGap(lines));

    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        if (status.ElapsedSeconds - lastShown >= Interval || status.Phase != lastPhase)
        {
            lastPhase = status.Phase;
            lastShown = status.ElapsedSeconds;
            Write("status", status, RunStatus.Json);
        }
    }

    public void Say(string sentence) => Console.WriteLine(Event(sentence));

    public void Finish(RunSummary summary) => Write("summary", summary, JsonStyle.Printed);

    private static void Write<T>(string type, T value, JsonSerializerOptions style) => Console.WriteLine(Line(type, value, style));

    private static string Event(string sentence) => Line("event", new { Message = sentence }, JsonStyle.Printed);

    private static string Line<T>(string type, T value, JsonSerializerOptions style)
    {
        var record = JsonSerializer.SerializeToNode(value, style)!.AsObject();
        record.Insert(0, "type", type);
        return record.ToJsonString(style);
    }
}
