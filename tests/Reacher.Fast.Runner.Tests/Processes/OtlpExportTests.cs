using System.Net;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Reporting.Telemetry;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run's figures at a collector: a small HTTP server stands for it and keeps what it is sent.</summary>
[NonParallelizable]
public sealed class OtlpExportTests
{
    [TestCase("--otlp")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")]
    public void A_run_sends_its_figures_to_the_collector_that_is_named(string how)
    {
        using var temporary = new TemporaryFolder();
        using var collector = new Collector();
        var environment = how == "--otlp" ? [] : new Dictionary<string, string>
        {
            [how] = how.Contains("METRICS") ? collector.Address + "/v1/metrics" : collector.Address,
        };
        using RunnerProcess run = RunnerProcess.StartWith(
            environment,
            [
                "train", "--json", "--results-dir", temporary.Path, "--run-id", "seen", "--max-steps", "400", "--hidden-units", "16",
                "--batch-size", "16", "--num-agents", "20",
                "--buffer-size", "1000", "--buffer-init-steps", "200", "--threads", "1", "--seed", "7", "--window", "1", "--max-step", "40",
                .. how == "--otlp" ? new[] { how, collector.Address } : [],
            ]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Request last = collector.Requests[^1];
        Assert.That(last.Path, Is.EqualTo("/v1/metrics"));
        Assert.That(last.ContentType, Is.EqualTo("application/x-protobuf"));
        // Strings are plain UTF-8 in a protobuf message.
        Assert.That(last.Body, Does.Contain("Reacher.Fast").And.Contain("reacher_fast.transitions").And.Contain("reacher_fast.process.cpu")
            .And.Contain("env-0").And.Contain("seen"));
    }

    [Test]
    public void A_collector_that_is_not_there_costs_the_run_nothing()
    {
        using var temporary = new TemporaryFolder();
        using RunnerProcess run = RunnerProcess.Train(
            temporary.Path, "alone", "--max-steps", "400", "--window", "1", "--max-step", "40", "--otlp", $"http://127.0.0.1:{FreePort.Find()}");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
    }

    [Test]
    public void Without_a_collector_nothing_is_started() => Assert.That(OtlpExport.Start(null), Is.Null);

    [TestCase("nonsense")]
    [TestCase("ftp://collector")]
    [TestCase("")]
    public void An_address_that_is_none_is_a_sentence(string endpoint) =>
        Assert.That(() => OtlpExport.Start(endpoint), Throws.TypeOf<InputException>().With.Message.Contains("--otlp"));

    private sealed record Request(string Path, string? ContentType, string Body);

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly List<Request> requests = [];
        private readonly Task serving;

        public Collector()
        {
            Address = $"http://127.0.0.1:{FreePort.Find()}";
            listener.Prefixes.Add(Address + "/");
            listener.Start();
            serving = Task.Run(ServeAsync);
        }

        public string Address { get; }

        public IReadOnlyList<Request> Requests
        {
            get
            {
                lock (requests)
                {
                    return [.. requests];
                }
            }
        }

        public void Dispose()
        {
            listener.Close();
            serving.Wait();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    lock (requests)
                    {
                        requests.Add(
                            new Request(context.Request.Url!.AbsolutePath, context.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
                    }

                    context.Response.Close();
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }
    }
}
