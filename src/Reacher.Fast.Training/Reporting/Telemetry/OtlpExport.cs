using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Reporting.Telemetry;

/// <summary>
/// Sends a run's instruments to an OpenTelemetry collector, every five seconds and at the end. The standard variables hold
/// (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>_HEADERS</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>, ..., and those of metrics alone,
/// <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c>, ..., which the exporter's library leaves to us); http/protobuf unless they say otherwise.
/// Where no collector answers, the figures are lost and the run goes on.
/// </summary>
internal static class OtlpExport
{
    // The standard variables of metrics, and those of all signals.
    private const string OfMetrics = "OTEL_EXPORTER_OTLP_METRICS_";
    private const string OfAll = "OTEL_EXPORTER_OTLP_";
    private const string IntervalVariable = "OTEL_METRIC_EXPORT_INTERVAL";
    private const string MetricsPath = "v1/metrics";
    private const int Interval = 5000;

    /// <summary>Starts to send; dispose the result to send the last figures and stop.</summary>
    /// <param name="endpoint">What <c>--otlp</c> gives; null leaves it to the environment.</param>
    /// <returns>Null if neither names a collector.</returns>
    /// <exception cref="InputException">It is no http or https address.</exception>
    public static IDisposable? Start(string? endpoint)
    {
        string? ofMetrics = endpoint is null ? Variable(OfMetrics + "ENDPOINT") : null;
        if (endpoint is null && ofMetrics is null && Variable(OfAll + "ENDPOINT") is null)
        {
            return null;
        }

        Uri? address = endpoint is not null ? Parse("--otlp", endpoint) : ofMetrics is not null ? Parse(OfMetrics + "ENDPOINT", ofMetrics) : null;
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(RunMeter.Name)
            .ConfigureResource(resource => resource.AddService("reacher-fast"))
            .AddOtlpExporter((exporter, reader) =>
            {
                bool grpc = (Variable(OfMetrics + "PROTOCOL") ?? Variable(OfAll + "PROTOCOL")) == "grpc";
                exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                if (address is not null)
                {
                    // By the specification a base address gets the signal's path; one with a path, or of metrics alone, is taken as it is.
                    bool isBase = ofMetrics is null && !grpc && address.AbsolutePath.Length <= 1;
                    exporter.Endpoint = isBase ? new Uri(address, MetricsPath) : address;
                }

                exporter.Headers = Variable(OfMetrics + "HEADERS") ?? exporter.Headers;

                // The time-out is short, so that a run that ends does not wait long for a collector that is gone.
                exporter.TimeoutMilliseconds = Interval;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    int.TryParse(Environment.GetEnvironmentVariable(IntervalVariable), NumberStyles.None, CultureInfo.InvariantCulture,
                        out int interval) && interval > 0 ? interval : Interval;
            })
            .Build();
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Uri Parse(string source, string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new InputException($"{source} is '{endpoint}', and must be a collector's address such as http://localhost:4318.");
}
