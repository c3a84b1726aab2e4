#!/usr/bin/env bash
# Connects the deployed app with the bot's app registration: permission, federated credential, callback URL. By `az`, once, after `azd up`.
# May be run again: what is there already is left alone. Explained in infra/README.md.
set -euo pipefail

GRAPH_APP_ID='00000003-0000-0000-c000-000000000000'
GRAPH_URL='https://graph.microsoft.com/v1.0'
PERMISSION='Calls.Initiate.All'
AUDIENCE='api://AzureADTokenExchange'

usage() {
  cat <<'TEXT'
usage: infra/connect-bot.sh [options]

  --app-id ID                 application (client) id of the bot's app registration      [$GRAPH_CLIENT_ID]
  --tenant-id ID              tenant of the app registration and of the identity          [$AZURE_TENANT_ID]
  --identity-principal-id ID  principal id of the function app's identity                 [$TONES_IDENTITY_PRINCIPAL_ID]
  --callback-url URL          https://<app>/api/callNotifications                         [$TONES_CALLBACK_URL]
  --no-federated-credential   leave the credential out: a client secret in Key Vault is used
  --bot-name NAME             Azure Bot whose calling webhook is to be the callback URL; only for a bot that answers no calls
  --bot-resource-group NAME   its resource group
  --dry-run                   print the az commands and run none
  --help

In brackets: the variable that is taken where the option is not given. `azd env get-values` prints all of them:
  set -a; eval "$(azd env get-values)"; set +a; infra/connect-bot.sh --dry-run
TEXT
}

fail() {
  echo "connect-bot: $1" >&2
  exit 2
}

app_id="${GRAPH_CLIENT_ID:-}"
tenant_id="${AZURE_TENANT_ID:-}"
principal_id="${TONES_IDENTITY_PRINCIPAL_ID:-}"
callback_url="${TONES_CALLBACK_URL:-}"
federated=yes
bot_name=''
bot_group=''
dry_run=no

while [ $# -gt 0 ]; do
  case "$1" in
    --app-id | --tenant-id | --identity-principal-id | --callback-url | --bot-name | --bot-resource-group)
      [ $# -ge 2 ] || fail "$1 needs a value"
      case "$1" in
        --app-id) app_id="$2" ;;
        --tenant-id) tenant_id="$2" ;;
        --identity-principal-id) principal_id="$2" ;;
        --callback-url) callback_url="$2" ;;
        --bot-name) bot_name="$2" ;;
        --bot-resource-group) bot_group="$2" ;;
      esac
      shift 2
      ;;
    --no-federated-credential) federated=no && shift ;;
    --dry-run) dry_run=yes && shift ;;
    --help) usage && exit 0 ;;
    *) fail "unknown option $1; see --help" ;;
  esac
done

require_guid() {
  [[ "$2" =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || fail "$1 must be a GUID"
}

require_guid --app-id "$app_id"
require_guid --tenant-id "$tenant_id"
[ "$federated" = no ] || require_guid --identity-principal-id "$principal_id"
[[ "$callback_url" =~ ^https://[A-Za-z0-9.-]+/api/callNotifications$ ]] || fail '--callback-url must be https://<app>/api/callNotifications'
[ -n "$bot_name" ] && [ -z "$bot_group" ] && fail '--bot-name needs --bot-resource-group'
[ -z "$bot_name" ] && [ -n "$bot_group" ] && fail '--bot-resource-group needs --bot-name'
[[ "$bot_name" =~ ^[A-Za-z0-9_-]{0,42}$ ]] || fail '--bot-name must be letters, digits, "_" and "-"'
[[ "$bot_group" =~ ^[A-Za-z0-9._()-]{0,90}$ ]] || fail '--bot-resource-group is not the name of a resource group'
[ "$dry_run" = yes ] || command -v az >/dev/null || fail 'the Azure CLI (az) is not installed'

# Progress goes to stderr, so that the answer of a question can be captured. What is printed can be pasted into a shell.
QUOTED_QUOTE="'\\''"
show() {
  local word line='+ az'
  for word in "$@"; do
    if [[ "$word" =~ ^[A-Za-z0-9_./:=@-]+$ ]]; then line="$line $word"; else line="$line '${word//\'/$QUOTED_QUOTE}'"; fi
  done
  echo "$line" >&2
}

# A question: prints what az answers; with --dry-run, what stands for the answer.
ask() {
  local placeholder="$1"
  shift
  show "$@"
  if [ "$dry_run" = yes ]; then echo "$placeholder"; else az "$@"; fi
}

# A change.
change() {
  show "$@"
  [ "$dry_run" = yes ] || az "$@" --output none
}

step() {
  echo "$1" >&2
}

step "Signed in to the tenant of the app registration?"
signed_in="$(ask "$tenant_id" account show --query tenantId --output tsv)"
[ "$signed_in" = "$tenant_id" ] || fail "az is signed in to the tenant $signed_in; run: az login --tenant $tenant_id"

step "Service principals of the bot and of Microsoft Graph, and the id of the role $PERMISSION"
app_sp="$(ask '' ad sp list --filter "appId eq '$app_id'" --query '[0].id' --output tsv)"
if [ -z "$app_sp" ]; then
  change ad sp create --id "$app_id"
  app_sp="$(ask '<service principal of the bot>' ad sp list --filter "appId eq '$app_id'" --query '[0].id' --output tsv)"
  [ -n "$app_sp" ] || fail 'the new service principal is not visible yet; run this again in a minute'
fi
graph_sp="$(ask '<service principal of Graph>' ad sp show --id "$GRAPH_APP_ID" --query id --output tsv)"
role_id="$(ask "<role id of $PERMISSION>" ad sp show --id "$GRAPH_APP_ID" --query "appRoles[?value=='$PERMISSION'].id | [0]" --output tsv)"
[ -n "$role_id" ] || fail "Microsoft Graph has no role $PERMISSION in this tenant"

step "Application permission $PERMISSION, listed in the app registration"
listed="$(ask '' ad app show --id "$app_id" --query "requiredResourceAccess[?resourceAppId=='$GRAPH_APP_ID'].resourceAccess[] | [?id=='$role_id'].id | [0]" --output tsv)"
[ -n "$listed" ] || change ad app permission add --id "$app_id" --api "$GRAPH_APP_ID" --api-permissions "$role_id=Role"

# Not `az ad app permission admin-consent`: that would consent to everything that the registration lists.
step "Admin consent to $PERMISSION, and to nothing else"
assignments="$GRAPH_URL/servicePrincipals/$app_sp/appRoleAssignments"
granted="$(ask '' rest --method GET --url "$assignments" --query "value[?appRoleId=='$role_id' && resourceId=='$graph_sp'].id | [0]" --output tsv)"
[ -n "$granted" ] || change rest --method POST --url "$assignments" --headers 'Content-Type=application/json' \
  --body "{\"principalId\":\"$app_sp\",\"resourceId\":\"$graph_sp\",\"appRoleId\":\"$role_id\"}"

if [ "$federated" = yes ]; then
  step "Federated credential: the function app's identity may act as the app registration, without a secret"
  issuer="https://login.microsoftonline.com/$tenant_id/v2.0"
  trusted="$(ask '' ad app federated-credential list --id "$app_id" --query "[?issuer=='$issuer' && subject=='$principal_id'].name | [0]" --output tsv)"
  [ -n "$trusted" ] || change ad app federated-credential create --id "$app_id" \
    --parameters "{\"name\":\"graph-call-tones-$principal_id\",\"issuer\":\"$issuer\",\"subject\":\"$principal_id\",\"audiences\":[\"$AUDIENCE\"]}"
fi

if [ -n "$bot_name" ]; then
  # By REST, because `az bot msteams` is a preview and cannot change a channel.
  step "Calling webhook of the bot $bot_name"
  channel="/subscriptions/{subscriptionId}/resourceGroups/$bot_group/providers/Microsoft.BotService/botServices/$bot_name/channels/MsTeamsChannel?api-version=2022-09-15"
  webhook="$(ask '' rest --method GET --url "$channel" --query properties.properties.callingWebhook --output tsv || true)"
  [ "$webhook" = "$callback_url" ] || change rest --method PUT --url "$channel" --headers 'Content-Type=application/json' \
    --body "{\"location\":\"global\",\"properties\":{\"channelName\":\"MsTeamsChannel\",\"properties\":{\"isEnabled\":true,\"acceptedTerms\":true,\"enableCalling\":true,\"callingWebhook\":\"$callback_url\"}}}"
fi

cat <<TEXT
Done. What is left is in your code, because Graph takes the callback URL of a call when it is created or answered, not from the registration:
  callbackUri: $callback_url
A bot that listens itself forwards every POST there, body unchanged, with its Authorization header.
TEXT
