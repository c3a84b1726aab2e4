// https://<app>.azurewebsites.net/api/callNotifications
var tones = Environment.GetEnvironmentVariable("CALL_NOTIFICATIONS_URL");
var direct = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
var http = new HttpClient(direct) { Timeout = TimeSpan.FromSeconds(4) };
var app = WebApplication.Create(args);

app.MapPost("/api/calls", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    // Your bot reads its copy of the body here, after it has checked the token itself.
    using var copy = new HttpRequestMessage(HttpMethod.Post, tones) { Content = new ByteArrayContent(body.ToArray()) };
    copy.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
    copy.Headers.TryAddWithoutValidation("Authorization", (string?)request.Headers.Authorization);
    try { return Results.StatusCode((int)(await http.SendAsync(copy)).StatusCode); }
    catch (HttpRequestException) { return Results.StatusCode(502); }
    catch (OperationCanceledException) { return Results.StatusCode(502); }
});

app.Run();
