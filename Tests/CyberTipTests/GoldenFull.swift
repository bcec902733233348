// The draft from a context and settings that lack nothing, changed only on purpose; draft.json is indented here.

let goldenFullXML = #"""
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- This is a draft, prepared by software. A person reviews it, decides, and submits it. -->
    <!-- Demonstration: all of it is synthetic. It must not be sent. -->
    <draft environment="demonstration" submitted="false" upload="019aa8a5-2000-7000-8000-000000000001">
    <report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
      <incidentSummary>
        <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
        <platform>Example Photos for the Web</platform>
        <incidentDateTime>2026-11-21T20:59:58.5+01:00</incidentDateTime>
        <incidentDateTimeDescription>time of the upload, as given by the provider's application</incidentDateTimeDescription>
      </incidentSummary>
      <internetDetails>
        <webPageIncident>
          <url>https://upload.example/p?a=1&amp;b=2</url>
        </webPageIncident>
      </internetDetails>
      <reporter>
        <reportingPerson>
          <firstName>Robin</firstName>
          <lastName>Example</lastName>
          <phone>+31 20 555 0100</phone>
          <email>reports@hosting.example</email>
        </reportingPerson>
        <companyTemplate>Example Hosting B.V.
    Serve process at the address in our terms.</companyTemplate>
        <termsOfService>Illegal content is forbidden.</termsOfService>
        <legalURL>https://hosting.example/legal</legalURL>
      </reporter>
      <personOrUserReported>
        <personOrUserReportedPerson>
          <email>user@mail.example</email>
        </personOrUserReportedPerson>
        <espIdentifier>account-4711</espIdentifier>
        <espService>Example Photos</espService>
        <screenName>blue &amp; &lt;green&gt;</screenName>
        <ipCaptureEvent>
          <ipAddress>2001:db8::17</ipAddress>
          <eventName>Upload</eventName>
          <dateTime>2026-11-21T20:59:58.5+01:00</dateTime>
          <port>50123</port>
        </ipCaptureEvent>
        <additionalInfo>The provider's reference for the session: s-99</additionalInfo>
      </personOrUserReported>
      <additionalInfo>Found by software, breakwaterd 0.1.0, at 2026-11-21T20:00:03Z: an uploaded file equals an entry of a list of apparent child sexual abuse material. The file's own information says which list and how.
    Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded.
    Environment "demonstration": not for the production service.
    The provider's reference for the upload: c-1</additionalInfo>
    </report>
    <!-- A template: reportId and fileId come first and are given by the service while submitting. -->
    <fileDetails>
      <originalFileName>holiday "one".jpg</originalFileName>
      <uploadedToEspTimestamp>2026-11-21T20:59:58.5+01:00</uploadedToEspTimestamp>
      <locationOfFile>https://upload.example/p?a=1&amp;b=2</locationOfFile>
      <fileViewedByEsp>false</fileViewedByEsp>
      <exifViewedByEsp>false</exifViewedByEsp>
      <fileRelevance>Reported</fileRelevance>
      <originalFileHash hashType="MD5">11111111111111111111111111111111</originalFileHash>
      <originalFileHash hashType="SHA1">2222222222222222222222222222222222222222</originalFileHash>
      <originalFileHash hashType="SHA256">3333333333333333333333333333333333333333333333333333333333333333</originalFileHash>
      <ipCaptureEvent>
        <ipAddress>2001:db8::17</ipAddress>
        <eventName>Upload</eventName>
        <dateTime>2026-11-21T20:59:58.5+01:00</dateTime>
        <port>50123</port>
      </ipCaptureEvent>
      <additionalInfo>Apparent child sexual abuse material: the file equals an entry of list "demo-a" (entry demo-a#17, class csam) of supplier "Example Supplier", generation "2026-11-20T00-00-00Z", by exact comparison of SHA-1 and MD5. Grade G1. The supplier says of the list: "made for demonstrations". The list is synthetic: its values are invented.</additionalInfo>
      <additionalInfo>The digests are of the bytes as the provider's application handed them to the scanner.</additionalInfo>
      <additionalInfo>Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded.</additionalInfo>
      <additionalInfo>Media type as declared with the upload, not checked: image/jpeg</additionalInfo>
    </fileDetails>
    </draft>

    """#

let goldenFullJSON = #"""
    {
      "bundle": "ex-019aa8a5-2000-7000-8000-000000000001",
      "case": "case-019aa8a5-2000-7000-8000-000000000001",
      "completeness": {
        "lacks": [
          "location or victim",
          "flags decided"
        ],
        "score": 81
      },
      "context": {
        "file": {
          "text": "{\"uploader_ref\":\"account-4711\",\"email\":\"user@mail.example\",\"screen_name\":\"blue & <green>\",\"ip\":\"2001:db8::17\",\n\"port\":50123,\"uploaded_at\":\"2026-11-21T20:59:58.5+01:00\",\"original_filename\":\"holiday \\\"one\\\".jpg\",\n\"declared_media_type\":\"image/jpeg\",\"session_ref\":\"s-99\",\"page_url\":\"https://upload.example/p?a=1&b=2\",\n\"service\":\"Example Photos\",\"correlation_id\":\"c-1\",\"tenant\":12345678901234567890}"
        },
        "further": {
          "tenant": "12345678901234567890"
        },
        "members": {
          "correlation_id": "c-1",
          "declared_media_type": "image/jpeg",
          "email": "user@mail.example",
          "ip": "2001:db8::17",
          "original_filename": "holiday \"one\".jpg",
          "page_url": "https://upload.example/p?a=1&b=2",
          "port": 50123,
          "screen_name": "blue & <green>",
          "service": "Example Photos",
          "session_ref": "s-99",
          "uploaded_at": "2026-11-21T20:59:58.5+01:00",
          "uploader_ref": "account-4711"
        }
      },
      "environment": "demonstration",
      "fileDetails": {
        "additionalInfo": [
          "Apparent child sexual abuse material: the file equals an entry of list \"demo-a\" (entry demo-a#17, class csam) of supplier \"Example Supplier\", generation \"2026-11-20T00-00-00Z\", by exact comparison of SHA-1 and MD5. Grade G1. The supplier says of the list: \"made for demonstrations\". The list is synthetic: its values are invented.",
          "The digests are of the bytes as the provider's application handed them to the scanner.",
          "Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded.",
          "Media type as declared with the upload, not checked: image/jpeg"
        ],
        "exifViewedByEsp": false,
        "fileRelevance": "Reported",
        "fileViewedByEsp": false,
        "ipCaptureEvent": {
          "dateTime": "2026-11-21T20:59:58.5+01:00",
          "eventName": "Upload",
          "ipAddress": "2001:db8::17",
          "port": 50123
        },
        "locationOfFile": "https://upload.example/p?a=1&b=2",
        "originalFileHash": [
          {
            "hashType": "MD5",
            "value": "11111111111111111111111111111111"
          },
          {
            "hashType": "SHA1",
            "value": "2222222222222222222222222222222222222222"
          },
          {
            "hashType": "SHA256",
            "value": "3333333333333333333333333333333333333333333333333333333333333333"
          }
        ],
        "originalFileName": "holiday \"one\".jpg",
        "uploadedToEspTimestamp": "2026-11-21T20:59:58.5+01:00"
      },
      "findings": [
        {
          "field": "environment",
          "problem": "a demonstration must not be sent",
          "remedy": null,
          "rule": "RL42",
          "severity": "blocking"
        },
        {
          "field": "report/personOrUserReported/personOrUserReportedPerson/email",
          "problem": "does not say whether the provider verified it, and when",
          "remedy": "\"account.personOrUserReportedPerson.email.verified\" in NAME.meta.json",
          "rule": "RL10",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/ipCaptureEvent",
          "problem": "not both the registration and the last logins",
          "remedy": "\"account.ipCaptureEvent\" in NAME.meta.json",
          "rule": "RL16",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/accountPermanentlyDisabled",
          "problem": "does not say whether the account was disabled, and its user told",
          "remedy": "\"account.accountPermanentlyDisabled\" in NAME.meta.json",
          "rule": "RL31",
          "severity": "warning"
        },
        {
          "field": "fileDetails/publiclyAvailable",
          "problem": "does not say whether the public could reach it",
          "remedy": "\"file.publiclyAvailable\" in NAME.meta.json",
          "rule": "RL23",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/deviceId",
          "problem": "no devices, linked accounts or billing data",
          "remedy": "\"account.deviceId, account.associatedAccount\" in NAME.meta.json",
          "rule": "RL33",
          "severity": "advice"
        }
      ],
      "matches": [
        {
          "agreed": [
            "md5",
            "sha1"
          ],
          "class": "csam",
          "distance": null,
          "entry": "demo-a#17",
          "equal": {
            "md5": "11111111111111111111111111111111",
            "sha1": "2222222222222222222222222222222222222222"
          },
          "generation": "2026-11-20T00-00-00Z",
          "grade": "g1",
          "list": "demo-a",
          "part": "content",
          "provenance": "made for demonstrations",
          "supplier": "Example Supplier",
          "synthetic": true
        }
      ],
      "profile": "2025-11",
      "program": "breakwaterd 0.1.0",
      "report": {
        "additionalInfo": "Found by software, breakwaterd 0.1.0, at 2026-11-21T20:00:03Z: an uploaded file equals an entry of a list of apparent child sexual abuse material. The file's own information says which list and how.\nSoftware compared digests. No complete viewing of the file by a reviewer of the provider is recorded.\nEnvironment \"demonstration\": not for the production service.\nThe provider's reference for the upload: c-1",
        "incidentSummary": {
          "incidentDateTime": "2026-11-21T20:59:58.5+01:00",
          "incidentDateTimeDescription": "time of the upload, as given by the provider's application",
          "incidentType": "Child Pornography (possession, manufacture, and distribution)",
          "platform": "Example Photos for the Web"
        },
        "internetDetails": [
          {
            "webPageIncident": {
              "url": [
                "https://upload.example/p?a=1&b=2"
              ]
            }
          }
        ],
        "personOrUserReported": [
          {
            "additionalInfo": "The provider's reference for the session: s-99",
            "espIdentifier": "account-4711",
            "espService": "Example Photos",
            "ipCaptureEvent": [
              {
                "dateTime": "2026-11-21T20:59:58.5+01:00",
                "eventName": "Upload",
                "ipAddress": "2001:db8::17",
                "port": 50123
              }
            ],
            "personOrUserReportedPerson": {
              "email": [
                "user@mail.example"
              ]
            },
            "screenName": "blue & <green>"
          }
        ],
        "reporter": {
          "companyTemplate": "Example Hosting B.V.\nServe process at the address in our terms.",
          "legalURL": "https://hosting.example/legal",
          "reportingPerson": {
            "email": [
              "reports@hosting.example"
            ],
            "firstName": "Robin",
            "lastName": "Example",
            "phone": [
              "+31 20 555 0100"
            ]
          },
          "termsOfService": "Illegal content is forbidden."
        }
      },
      "source": {
        "claimed_at": "2026-11-21T20:00:00.250000000Z",
        "digests": {
          "bytes": 4096,
          "md5": "11111111111111111111111111111111",
          "sha1": "2222222222222222222222222222222222222222",
          "sha256": "3333333333333333333333333333333333333333333333333333333333333333"
        },
        "listed_at": "2026-11-21T20:00:03.000000000Z",
        "path": {
          "text": "in/a.jpg"
        },
        "spool": "photos"
      },
      "submitted": false,
      "upload": "019aa8a5-2000-7000-8000-000000000001"
    }
    """#
